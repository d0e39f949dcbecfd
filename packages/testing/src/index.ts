export { FakeClock } from "./fake-clock.ts";
export {
  createInMemoryProvider,
  type FailableMethod,
  InMemoryBackend,
  type InMemoryProviderOptions,
} from "./in-memory-provider.ts";
export { type ReferencedObjects, resolvedPodOf, testPodUid } from "./resolved-pod-of.ts";
export { TestPodContext } from "./test-pod-context.ts";
