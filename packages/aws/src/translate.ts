export { type CapabilityChanges, capabilityChanges } from "./capabilities.ts";
export type { ContainerDependency, MappedContainer } from "./container-mapping.ts";
export { canonicalJson, contentHash } from "./content-hash.ts";
export type { EfsVolume, FileSystem, FileSystems } from "./elastic-file-system.ts";
export { disruptionReason, isOutOfMemory, startFailureReason } from "./failure-texts.ts";
export { type FargateSize, fargateSizeFor, fargateSizes } from "./fargate-size.ts";
export { defaultWriterImage, writerContainerName } from "./files-writer.ts";
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
export {
  type ContainerNeeds,
  containerNeeds,
  type PodNeeds,
  podNeeds,
  rejectUnknownResources,
} from "./resources.ts";
export { includedStorage, milliOf, noteRoundedTask } from "./rounded-requests.ts";
export {
  identityEnvironment,
  identityVariables,
  type NameValue,
  nodeKey,
  readIdentity,
  uidKey,
} from "./run-names.ts";
export type { SecretArns, SecretVariable } from "./secret-references.ts";
export type { ContainerSecurity } from "./security.ts";
export { sha256 } from "./sha256.ts";
export { type LocatedContainer, locateContainers, specField } from "./spec-paths.ts";
export { awsSupport } from "./support.ts";
export type { MappedMount, MappedTmpfs, MappedVolume } from "./volume-mapping.ts";
