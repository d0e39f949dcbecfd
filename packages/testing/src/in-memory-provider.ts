import {
  contractVersion,
  formatPodRef,
  type PodObservation,
  type Provider,
  ProviderError,
  type ProviderTraits,
} from "@vkubelet/core";
import type { InMemoryBackend } from "./in-memory-backend.ts";

/** Options of {@link createInMemoryProvider}. */
export interface InMemoryProviderOptions {
  readonly backend: InMemoryBackend;
  /** Default: `runtime`, as most remote backends have it. */
  readonly restarts?: ProviderTraits["restarts"];
  /** Default: 0. */
  readonly absenceGraceMs?: number;
  /** Whether observations come as they happen (`watchPods`). Default: false, they are polled every second. */
  readonly watches?: boolean;
  /** Whether each create first writes its intent into the pod's record, as providers without tokens must. Default: false. */
  readonly recordsIntent?: boolean;
}

/** A provider over an {@link InMemoryBackend}. */
export function createInMemoryProvider(options: InMemoryProviderOptions): Provider {
  const { backend, recordsIntent = false } = options;
  return {
    contractVersion,
    name: "memory",
    traits: {
      restarts: options.restarts ?? "runtime",
      absenceGraceMs: options.absenceGraceMs ?? 0,
      pollIntervalMs: 1_000,
    },
    describeNode: ({ signal }) =>
      backend.call("describeNode", signal, () => ({
        capacity: { cpu: "64", memory: "64Gi", pods: "110" },
        operatingSystem: "linux",
        architecture: "amd64",
      })),
    checkHealth: ({ signal }) => backend.call("checkHealth", signal, () => ({ healthy: true })),
    createPod: (pod, { signal, record }) =>
      backend.call("createPod", signal, async () => {
        if (recordsIntent) await record.write({ intent: String(pod.attempt) });
        backend.start(pod);
      }),
    deletePod: (ref, { gracePeriodSeconds }, { signal }) =>
      backend.call("deletePod", signal, () => backend.stop(ref.uid, gracePeriodSeconds)),
    listPods: ({ signal }) => backend.call("listPods", signal, () => backend.list()),
    releasePod: (ref, { signal }) => backend.call("releasePod", signal, () => backend.release(ref.uid)),
    async *logs(ref) {
      const lines = backend.linesOf(ref.uid);
      if (lines === undefined) throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} has no logs`);
      yield* lines;
    },
    ...(options.watches === true && { watchPods: ({ signal }) => watchBackend(backend, signal) }),
  };
}

/** What happens from now on, until the signal aborts or a fault breaks the stream. */
async function* watchBackend(backend: InMemoryBackend, signal: AbortSignal): AsyncGenerator<PodObservation> {
  const waiting: PodObservation[] = [];
  let wake = () => {};
  const unwatch = backend.watch((observation) => {
    waiting.push(observation);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal.aborted) {
      await backend.call("watchPods", signal, () => {});
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield next;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      if (waiting.length === 0 && !signal.aborted) await promise;
    }
    throw signal.reason;
  } finally {
    signal.removeEventListener("abort", onAbort);
    unwatch();
  }
}
