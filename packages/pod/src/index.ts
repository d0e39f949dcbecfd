export { isApiAccessVolume, withoutApiAccess } from "./api-access.ts";
export { auditPod } from "./audit.ts";
export { type BackoffOptions, type BackoffState, nextBackoff } from "./backoff.ts";
export { fieldFileText, fieldValue, type LimitFallbacks, resourceFieldValue } from "./downward-api.ts";
export { expand, expandProbeCommand, expandValue, joinValues } from "./expansion.ts";
export { hostnameOf } from "./hostname.ts";
export { imagePullPolicyOf } from "./image-pull-policy.ts";
export { type ParsedPod, parsePod } from "./parse-pod.ts";
export { computePhase, isTerminalPhase, type PhaseInput } from "./phase.ts";
export { type QosClass, qosClassOf, qosClassOfPod } from "./qos.ts";
export { Quantity } from "./quantity.ts";
export { type PodReferences, referencesOf, type TokenReference } from "./references.ts";
export { withApproximation, withIssues } from "./report-issues.ts";
export { approximationNotice, rejectionOf } from "./report-verdict.ts";
export type { ResolveInputs } from "./resolution.ts";
export { type ResolveOutcome, resolvePod } from "./resolve-pod.ts";
export type { ResolveWait } from "./resolve-wait.ts";
export { bytesOf, ceilMiB, containerResources, effectiveResources, milliCpu } from "./resources.ts";
export {
  containerRestartable,
  type RestartDecision,
  restartDecision,
  unknownEndRestartable,
} from "./restart.ts";
export { type CheckOptions, checkObject, type SchemaTypeName } from "./schema/check-object.ts";
export { type ServiceVariable, serviceVariables } from "./service-variables.ts";
export { computePodStatus } from "./status.ts";
export type { StatusInput } from "./status-input.ts";
export {
  type ContainerList,
  commonSupport,
  containerRules,
  type SupportRule,
  type SupportTable,
} from "./support-table.ts";
