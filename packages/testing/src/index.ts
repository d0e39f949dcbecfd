export {
  ContainerBuilder,
  containerBuilder,
  type ProbeJson,
  type VariableSource,
} from "./builders/container-builder.ts";
export { configMapOf, secretOf, serviceOf } from "./builders/objects.ts";
export { type ContainerLike, PodBuilder, podBuilder } from "./builders/pod-builder.ts";
export {
  type DeploymentJson,
  deploymentBuilder,
  type JobJson,
  jobBuilder,
  type PodTemplate,
  WorkloadBuilder,
} from "./builders/workload-builders.ts";
export { checkEveryPath, type EveryPathSettings, type PathFinding } from "./every-path.ts";
export {
  expectTranslation,
  TranslationAssertionError,
  TranslationExpectation,
} from "./expect-translation.ts";
export { FakeClock } from "./fake-clock.ts";
export { type FailableMethod, InMemoryBackend, type InMemoryBackendOptions } from "./in-memory-backend.ts";
export { createInMemoryProvider, type InMemoryProviderOptions } from "./in-memory-provider.ts";
export { type ReferencedObjects, resolvedPodOf } from "./resolved-pod-of.ts";
export { TestPodContext } from "./test-pod-context.ts";
export { testPodUid } from "./test-pod-uid.ts";
export type { ReasonPattern } from "./translation-checks.ts";
