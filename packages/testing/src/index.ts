export { FakeClock } from "./fake-clock.ts";
export {
  createInMemoryProvider,
  type FailableMethod,
  InMemoryBackend,
  type InMemoryProviderOptions,
} from "./in-memory-provider.ts";
