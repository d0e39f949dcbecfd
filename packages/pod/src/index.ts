export { type AdmissionResult, admitPod } from "./admission/admission.ts";
export { matchesNodeAffinity, preferredNodeScore } from "./admission/node-affinity.ts";
export { type InsufficientResource, insufficientResources } from "./admission/node-resources.ts";
export {
  isCriticalPod,
  isMirrorPod,
  isStaticPod,
  mayPreempt,
  podPriority,
  systemCriticalPriority,
} from "./admission/pod-source.ts";
export { type PodUpdateTarget, updateIssues } from "./admission/pod-update.ts";
export {
  activeDeadline,
  type ContainerOveruse,
  deadlineVerdict,
  evictionVerdict,
  type Overuse,
  type PodVerdict,
  shutdownVerdict,
} from "./admission/pod-verdicts.ts";
export type { NodeForAdmission } from "./admission/scheduling-fields.ts";
export { tolerates, tolerationSeconds, untoleratedTaint } from "./admission/tolerations.ts";
export { type TopologyFit, topologyFit } from "./admission/topology-fit.ts";
export { auditPod } from "./audit/audit.ts";
export { withApproximation, withIssues } from "./audit/report-issues.ts";
export { type ReportTableOptions, reportLine, reportTable } from "./audit/report-text.ts";
export { approximationNotice, rejectionOf } from "./audit/report-verdict.ts";
export {
  type ContainerList,
  commonSupport,
  containerRules,
  type SupportRule,
  type SupportTable,
} from "./audit/support-table.ts";
export {
  fieldFileText,
  fieldValue,
  type LimitFallbacks,
  resourceFieldValue,
} from "./environment/downward-api.ts";
export { envFileValue } from "./environment/env-file.ts";
export { expand, expandProbeCommand, expandValue, joinValues } from "./environment/expansion.ts";
export { type ServiceVariable, serviceVariables } from "./environment/service-variables.ts";
export { credentialsForImage } from "./images/image-credentials.ts";
export { imagePullPolicyOf } from "./images/image-pull-policy.ts";
export { type ImageReference, imageReferenceOf, parseImageReference } from "./images/image-reference.ts";
export { type GracePeriodLimits, gracePeriodSeconds } from "./lifecycle/grace-period.ts";
export {
  type HookAction,
  type LifecycleResolution,
  type ResolvedLifecycle,
  resolveLifecycles,
  stopSignalOf,
} from "./lifecycle/lifecycle.ts";
export {
  initialProbeState,
  maxProbeTries,
  nextProbeState,
  type ProbeEvent,
  type ProbeResult,
  type ProbeState,
  type ProbeTurn,
  probeIsDue,
} from "./lifecycle/probe-state.ts";
export {
  type ProbeKill,
  type ProbeOutcome,
  type ProbeStates,
  probedStatus,
  probeEvent,
  probeKill,
  type StandingStatus,
} from "./lifecycle/probe-verdict.ts";
export {
  type GrpcAction,
  type ProbeAction,
  type ProbeKind,
  type ProbeResolution,
  type ResolvedProbe,
  resolveProbes,
} from "./lifecycle/probes.ts";
export {
  cutTerminationMessage,
  type EndOfContainer,
  logsStandIn,
  terminationMessage,
  terminationMessageLimits,
} from "./lifecycle/termination-message.ts";
export {
  type ContainerStop,
  minimumStopSeconds,
  probeKillStop,
  restartAllStop,
  type TerminationInput,
  type TerminationPlan,
  terminationPlan,
} from "./lifecycle/termination-plan.ts";
export {
  type StopProgress,
  stopWindowSeconds,
  type TerminationStep,
  type TerminationTurn,
  terminationTurn,
} from "./lifecycle/termination-progress.ts";
export { type GeneratedFile, takesGeneratedFile } from "./network/generated-file.ts";
export { hostDomainOf, hostnameOf, kernelHostname } from "./network/hostname.ts";
export { hostNetworkHostsFile, hostsFile } from "./network/hosts-file.ts";
export { type NodeDns, type PodDns, podDns } from "./network/pod-dns.ts";
export { parseResolvConf, resolvConfText } from "./network/resolv-conf.ts";
export { type QosClass, qosClassOf, qosClassOfPod } from "./quantity/qos.ts";
export { Quantity } from "./quantity/quantity.ts";
export { bytesOf, ceilMiB, containerResources, effectiveResources, milliCpu } from "./quantity/resources.ts";
export {
  type ManifestInputsOptions,
  type ManifestObject,
  manifestInputs,
} from "./resolve/manifest-inputs.ts";
export type { ObjectReference } from "./resolve/object-references.ts";
export { type PodReferences, referencesOf, type TokenReference } from "./resolve/references.ts";
export type { ResolveInputs } from "./resolve/resolution.ts";
export { type ResolveOutcome, resolvePod } from "./resolve/resolve-pod.ts";
export type { ResolveWait } from "./resolve/resolve-wait.ts";
export { type CheckOptions, checkObject, type SchemaTypeName } from "./schema/check-object.ts";
export { type ParsedPod, parsePod } from "./schema/parse-pod.ts";
export {
  allowsPrivilegeEscalation,
  type EffectiveSecurity,
  type EffectiveWindowsOptions,
  effectiveSecurity,
} from "./security/effective-security.ts";
export { type NonRootVerdict, runAsNonRootVerdict } from "./security/run-as-non-root.ts";
export type { Capabilities, SecurityProfile, SeLinuxOptions } from "./security/security-profiles.ts";
export type { Effective } from "./security/security-value.ts";
export { type BackoffOptions, type BackoffState, nextBackoff } from "./status/backoff.ts";
export type {
  ExecAction,
  HttpGetAction,
  HttpHeader,
  TcpSocketAction,
} from "./status/container-action.ts";
export { computePhase, isTerminalPhase, type PhaseInput } from "./status/phase.ts";
export {
  containerRestartable,
  type RestartDecision,
  restartDecision,
  unknownEndRestartable,
} from "./status/restart.ts";
export {
  allContainersRestarting,
  matchingRestartRule,
  type RestartAll,
  removedForRestart,
  restartAllOf,
} from "./status/restart-all.ts";
export { computePodStatus } from "./status/status.ts";
export type { StatusInput } from "./status/status-input.ts";
export { acceptTranslation, requestsOf } from "./translator/accept-translation.ts";
export { acceptAnnotation } from "./translator/accepted-fields.ts";
export { type FieldAccount, FieldNotes, type RejectedField } from "./translator/field-account.ts";
export { translateManifest } from "./translator/translate-manifest.ts";
export type { BackendRequest, Translation } from "./translator/translation.ts";
export {
  type DocumentSource,
  type TranslationDocument,
  translationDocument,
} from "./translator/translation-document.ts";
export { defineTranslator, type Translator, type TranslatorDefinition } from "./translator/translator.ts";
export { type WireJson, type WireObject, wireJson, wireText } from "./translator/wire-json.ts";
export { isApiAccessVolume, withoutApiAccess } from "./volumes/api-access.ts";
export { isRecursiveReadOnly, volumeMountStatuses } from "./volumes/recursive-read-only.ts";
export { tokenRefreshAt } from "./volumes/token-refresh.ts";
export { type VolumeUpdate, volumeUpdates } from "./volumes/volume-updates.ts";
