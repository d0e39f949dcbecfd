export { type Clock, systemClock } from "./clock.ts";
export {
  type FieldIssue,
  isProviderError,
  ProviderError,
  type ProviderErrorCode,
  type ProviderErrorEffect,
  type ProviderErrorOptions,
  providerErrorEffects,
  toProviderError,
} from "./errors.ts";
export type {
  ConfigMap,
  Container,
  ContainerPort,
  ContainerRestartRule,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  DownwardFile,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  KeySelector,
  KeyToPath,
  LocalObjectReference,
  ObjectMeta,
  OwnerReference,
  Pod,
  PodCondition,
  PodPhase,
  PodResourceClaim,
  PodSpec,
  PodStatus,
  ProjectedSource,
  QuantityText,
  ResourceFieldSelector,
  ResourceList,
  ResourceRequirements,
  RestartPolicy,
  Secret,
  Service,
  Taint,
  Toleration,
  Volume,
  VolumeMount,
  VolumeMountStatus,
} from "./kubernetes-types.ts";
export { LineSplitter } from "./line-splitter.ts";
export type { LogLine, LogOptions } from "./log-options.ts";
export { type LogFields, type Logger, silentLogger } from "./logger.ts";
export type { NodeDescription, ProviderHealth } from "./node-description.ts";
export { type OptionIssue, optionsError } from "./options-error.ts";
export type {
  ContainerObservation,
  ContainerObservedState,
  ContainerTermination,
  PodObservation,
} from "./pod-observation.ts";
export type { PodRecord } from "./pod-record.ts";
export { type ContainerRef, formatPodRef, type PodRef } from "./pod-ref.ts";
export {
  type CallContext,
  type ContractVersion,
  contractVersion,
  type DeletePodOptions,
  type ExecResult,
  type PodContext,
  type PodNotice,
  type Provider,
  type ProviderTraits,
} from "./provider.ts";
export { healthOf } from "./provider-health.ts";
export type {
  ContainerKind,
  EnvSource,
  PullCredential,
  ResolvedContainer,
  ResolvedDns,
  ResolvedEnvVar,
  ResolvedFile,
  ResolvedMount,
  ResolvedNetwork,
  ResolvedPod,
  ResolvedResources,
  ResolvedVolume,
} from "./resolved-pod.ts";
export {
  type LateField,
  lateFieldsOf,
  plainValue,
  type ResolvedValue,
  renderValue,
  type ValuePart,
} from "./resolved-value.ts";
export type { ByteSink, PortConnection, SessionStreams, TerminalSize } from "./session-streams.ts";
export type { Disposition, ReportEntry, TranslationReport } from "./translation-report.ts";
export type {
  ContainerUsage,
  NetworkUsage,
  NodeUsage,
  PodUsage,
  ResourceUsage,
  StorageUsage,
} from "./usage.ts";
