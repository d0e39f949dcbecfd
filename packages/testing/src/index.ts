export { FakeClock } from "./fake-clock.ts";
export { type FailableMethod, InMemoryBackend, type InMemoryBackendOptions } from "./in-memory-backend.ts";
export { createInMemoryProvider, type InMemoryProviderOptions } from "./in-memory-provider.ts";
export { type ReferencedObjects, resolvedPodOf, testPodUid } from "./resolved-pod-of.ts";
export { TestPodContext } from "./test-pod-context.ts";
