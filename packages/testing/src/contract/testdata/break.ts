import type { Provider } from "@vkubelet/core";
import type { InMemoryBackend } from "../../in-memory-backend.ts";

/** A provider with one fault in it, made out of one that has none. */
export type Break = (provider: Provider, backend: InMemoryBackend) => Provider;
