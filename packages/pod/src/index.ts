export { type AdmissionResult, admitPod } from "./admission.ts";
export { isApiAccessVolume, withoutApiAccess } from "./api-access.ts";
export { auditPod } from "./audit.ts";
export { type BackoffOptions, type BackoffState, nextBackoff } from "./backoff.ts";
export type {
  ExecAction,
  HttpGetAction,
  HttpHeader,
  TcpSocketAction,
} from "./container-action.ts";
export { fieldFileText, fieldValue, type LimitFallbacks, resourceFieldValue } from "./downward-api.ts";
export {
  allowsPrivilegeEscalation,
  type EffectiveSecurity,
  type EffectiveWindowsOptions,
  effectiveSecurity,
} from "./effective-security.ts";
export { envFileValue } from "./env-file.ts";
export { expand, expandProbeCommand, expandValue, joinValues } from "./expansion.ts";
export { type GracePeriodLimits, gracePeriodSeconds } from "./grace-period.ts";
export { hostDomainOf, hostnameOf, kernelHostname } from "./hostname.ts";
export { hostNetworkHostsFile, hostsFile } from "./hosts-file.ts";
export { credentialsForImage } from "./image-credentials.ts";
export { imagePullPolicyOf } from "./image-pull-policy.ts";
export { type ImageReference, imageReferenceOf, parseImageReference } from "./image-reference.ts";
export {
  type HookAction,
  type LifecycleResolution,
  type ResolvedLifecycle,
  resolveLifecycles,
  stopSignalOf,
} from "./lifecycle.ts";
export {
  type ManifestInputsOptions,
  type ManifestObject,
  manifestInputs,
} from "./manifest-inputs.ts";
export { matchesNodeAffinity, preferredNodeScore } from "./node-affinity.ts";
export { type InsufficientResource, insufficientResources } from "./node-resources.ts";
export type { ObjectReference } from "./object-references.ts";
export { type ParsedPod, parsePod } from "./parse-pod.ts";

export { computePhase, isTerminalPhase, type PhaseInput } from "./phase.ts";
export { type NodeDns, type PodDns, podDns } from "./pod-dns.ts";
export {
  isCriticalPod,
  isMirrorPod,
  isStaticPod,
  mayPreempt,
  podPriority,
  systemCriticalPriority,
} from "./pod-source.ts";
export { type PodUpdateTarget, updateIssues } from "./pod-update.ts";
export {
  activeDeadline,
  type ContainerOveruse,
  deadlineVerdict,
  evictionVerdict,
  type Overuse,
  type PodVerdict,
  shutdownVerdict,
} from "./pod-verdicts.ts";
export {
  initialProbeState,
  maxProbeTries,
  nextProbeState,
  type ProbeEvent,
  type ProbeResult,
  type ProbeState,
  type ProbeTurn,
  probeIsDue,
} from "./probe-state.ts";
export {
  type ProbeKill,
  type ProbeOutcome,
  type ProbeStates,
  probedStatus,
  probeEvent,
  probeKill,
  type StandingStatus,
} from "./probe-verdict.ts";
export {
  type GrpcAction,
  type ProbeAction,
  type ProbeKind,
  type ProbeResolution,
  type ResolvedProbe,
  resolveProbes,
} from "./probes.ts";
export { type QosClass, qosClassOf, qosClassOfPod } from "./qos.ts";
export { Quantity } from "./quantity.ts";
export { isRecursiveReadOnly, volumeMountStatuses } from "./recursive-read-only.ts";
export { type PodReferences, referencesOf, type TokenReference } from "./references.ts";
export { withApproximation, withIssues } from "./report-issues.ts";
export { type ReportTableOptions, reportLine, reportTable } from "./report-text.ts";
export { approximationNotice, rejectionOf } from "./report-verdict.ts";
export type { ResolveInputs } from "./resolution.ts";
export { parseResolvConf, resolvConfText } from "./resolv-conf.ts";
export { type ResolveOutcome, resolvePod } from "./resolve-pod.ts";
export type { ResolveWait } from "./resolve-wait.ts";
export { bytesOf, ceilMiB, containerResources, effectiveResources, milliCpu } from "./resources.ts";
export {
  containerRestartable,
  type RestartDecision,
  restartDecision,
  unknownEndRestartable,
} from "./restart.ts";
export {
  allContainersRestarting,
  matchingRestartRule,
  type RestartAll,
  removedForRestart,
  restartAllOf,
} from "./restart-all.ts";
export { type NonRootVerdict, runAsNonRootVerdict } from "./run-as-non-root.ts";
export type { NodeForAdmission } from "./scheduling-fields.ts";
export { type CheckOptions, checkObject, type SchemaTypeName } from "./schema/check-object.ts";
export type { Capabilities, SecurityProfile, SeLinuxOptions } from "./security-profiles.ts";
export type { Effective } from "./security-value.ts";
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
export {
  cutTerminationMessage,
  type EndOfContainer,
  logsStandIn,
  terminationMessage,
  terminationMessageLimits,
} from "./termination-message.ts";
export {
  type ContainerStop,
  minimumStopSeconds,
  probeKillStop,
  restartAllStop,
  type TerminationInput,
  type TerminationPlan,
  terminationPlan,
} from "./termination-plan.ts";
export {
  type StopProgress,
  stopWindowSeconds,
  type TerminationStep,
  type TerminationTurn,
  terminationTurn,
} from "./termination-progress.ts";
export { tokenRefreshAt } from "./token-refresh.ts";
export { tolerates, tolerationSeconds, untoleratedTaint } from "./tolerations.ts";
export { type TopologyFit, topologyFit } from "./topology-fit.ts";
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
export { type VolumeUpdate, volumeUpdates } from "./volume-updates.ts";
export { type WireJson, type WireObject, wireJson, wireText } from "./wire-json.ts";
