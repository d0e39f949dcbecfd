export { chunked } from "./chunked.ts";
export { type AwsEndpoint, createCloudWatchLogsClient } from "./cloudwatch-logs-client.ts";
export type { ContainerDependency, MappedContainer, MappedMount } from "./container-mapping.ts";
export { canonicalJson, contentHash } from "./content-hash.ts";
export { type DefinitionCalls, DefinitionRegistry } from "./definition-registry.ts";
export { type CreateAnswer, ensureRun, type FoundRun, type RunBackend } from "./ensure-run.ts";
export { awsProviderError, callAws, isDefiniteRefusal } from "./errors.ts";
export { disruptionReason, isOutOfMemory, startFailureReason } from "./failure-texts.ts";
export { type FargateSize, fargateSizeFor, fargateSizes } from "./fargate-size.ts";
export { defaultWriterImage, volumePath, writerContainerName } from "./files-writer.ts";
export {
  type LogEvent,
  type LogPage,
  type LogPageRequest,
  type LogStreamRead,
  type LogsClient,
  readLogStream,
} from "./log-stream.ts";
export { type ContainerValues, type DividedValues, divideValues, undividedValues } from "./own-values.ts";
export type { SecretsPolicy } from "./plain-text.ts";
export {
  mapPod,
  maximumContainers,
  type PodMapping,
  type PodMappingOptions,
  sentinelContainerName,
} from "./pod-mapping.ts";
export { registryCredential } from "./registry-credential.ts";
export { withApproximation, withIssues } from "./report-issues.ts";
export {
  type ContainerNeeds,
  containerNeeds,
  type PodNeeds,
  podNeeds,
  unknownResourceIssues,
} from "./resources.ts";
export {
  identityEnvironment,
  identityVariables,
  type NameValue,
  nodeKey,
  readIdentity,
  uidKey,
} from "./run-names.ts";
export { type RunRecord, readRun, runRecordKey, writeRun } from "./run-record.ts";
export type { ContainerSecurity } from "./security.ts";
export { sha256 } from "./sha256.ts";
export { type LocatedContainer, locateContainers, specField } from "./spec-paths.ts";
export { awsSupport } from "./support.ts";
export { acceptTranslation } from "./translation-outcome.ts";
