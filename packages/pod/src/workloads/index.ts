export { type AdmissionStep, applyDefaults, type DefaultsOptions } from "./apply-defaults.ts";
export { type PodsOutcome, podsOf } from "./pods-of.ts";
export {
  type ManifestDocument,
  type ManifestIssue,
  type ManifestReading,
  readManifests,
} from "./read-manifests.ts";
export type { TextPlace } from "./text-places.ts";
export {
  type TranslatedObjects,
  type TranslateObjectsOptions,
  translateObjects,
} from "./translate-objects.ts";
export type { PodsOptions, SkippedObject, WorkloadPod, WorkloadSource } from "./workload-pod.ts";
