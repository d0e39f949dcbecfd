import {
  type ContainerRef,
  contractVersion,
  formatPodRef,
  type LogLine,
  type LogOptions,
  type PodObservation,
  type Provider,
  ProviderError,
  type ProviderTraits,
  type ResolvedPod,
} from "@vkubelet/core";
import type { InMemoryBackend } from "./in-memory-backend.ts";
import { runInMemory } from "./in-memory-exec.ts";

/** Options of {@link createInMemoryProvider}. */
export interface InMemoryProviderOptions {
  readonly backend: InMemoryBackend;
  /** Default: `runtime`, as most remote backends have it. */
  readonly restarts?: ProviderTraits["restarts"];
  /** Default: 0. */
  readonly absenceGraceMs?: number;
  /** Whether observations come as they happen (`watchPods`). Default: false, they are polled every second. */
  readonly watches?: boolean;
  /** Whether changed files reach a running pod (`updatePod`). Default: false. */
  readonly updates?: boolean;
  /** The node whose pods these are. Default: the only one. */
  readonly node?: string;
  /** Whether each create first writes its intent into the pod's record, as providers without tokens must. Default: false. */
  readonly recordsIntent?: boolean;
}

/** A provider over an {@link InMemoryBackend}. */
export function createInMemoryProvider(options: InMemoryProviderOptions): Provider {
  const { backend, recordsIntent = false, node = "" } = options;
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
        if (await backend.call("findPod", signal, () => backend.has(pod))) return;
        refuseImpossible(pod);
        backend.start(pod, node);
      }),
    deletePod: (ref, { gracePeriodSeconds }, { signal }) =>
      backend.call("deletePod", signal, () => backend.stop(ref.uid, gracePeriodSeconds)),
    listPods: ({ signal }) => backend.call("listPods", signal, () => backend.list(node)),
    releasePod: (ref, { signal }) => backend.call("releasePod", signal, () => backend.release(ref.uid)),
    logs: (ref, logOptions, { signal }) => readLogs(backend, ref, logOptions, signal),
    exec: (ref, command, streams, { signal }) => runInMemory(backend, ref, command, streams, signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...(options.updates === true && {
      updatePod: (pod, { signal }) => backend.call("updatePod", signal, () => updateFiles(backend, pod)),
    }),
    ...(options.watches === true && { watchPods: ({ signal }) => watchBackend(backend, signal) }),
  };
}

/** The image that no in-memory container has: for what a provider does with a pod that can never run. */
function refuseImpossible({ ref, containers }: ResolvedPod): void {
  const issues = containers.flatMap(({ image }, index) =>
    image === "" ? [{ path: `spec.containers[${index}].image`, message: "must be named" }] : [],
  );
  if (issues.length > 0)
    throw new ProviderError("InvalidInput", `create of ${formatPodRef(ref)}: no image`, { issues });
}

/** Files change while a pod runs, and its image does not. */
function updateFiles(backend: InMemoryBackend, pod: ResolvedPod): void {
  const what = `update of ${formatPodRef(pod.ref)} failed`;
  const before = backend.runningPod(pod.ref.uid);
  if (before === undefined) throw new ProviderError("NotFound", `${what}: nothing of it runs`);
  const images = ({ containers }: ResolvedPod) => containers.map(({ image }) => image).join(" ");
  if (images(before) !== images(pod))
    throw new ProviderError("Unsupported", `${what}: an image cannot be changed; create the pod anew`);
  backend.replaceFiles(pod);
}

/** The lines so far, and with `follow` those to come, until the container has ended. */
async function* readLogs(
  backend: InMemoryBackend,
  ref: ContainerRef,
  { follow, previous, tailLines }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const what = `${ref.container} of pod ${formatPodRef(ref)}`;
  if (previous) throw new ProviderError("NotFound", `logs of ${what} failed: no earlier instance is kept`);
  const news = new News(backend, signal);
  try {
    let position = 0;
    for (;;) {
      signal.throwIfAborted();
      const lines = backend.linesOf(ref.uid, ref.container);
      if (lines === undefined) throw new ProviderError("NotFound", `logs of ${what} failed: there is none`);
      const ended = backend.containerEnded(ref.uid, ref.container);
      if (position === 0 && tailLines !== undefined) position = Math.max(0, lines.length - tailLines);
      for (const line of lines.slice(position)) {
        yield line;
        signal.throwIfAborted();
      }
      position = lines.length;
      if (!follow || ended) return;
      await news.next();
    }
  } finally {
    news.close();
  }
}

/** What happens from now on, until the signal aborts or a fault breaks the stream. */
async function* watchBackend(backend: InMemoryBackend, signal: AbortSignal): AsyncGenerator<PodObservation> {
  const news = new News(backend, signal);
  try {
    for (;;) {
      signal.throwIfAborted();
      await backend.call("watchPods", signal, () => {});
      for (let next = news.take(); next !== undefined; next = news.take()) yield next;
      await news.next();
    }
  } finally {
    news.close();
  }
}

/** What a backend told since the last look; waiting for more ends with the next one or with the signal. */
class News {
  readonly #told: PodObservation[] = [];
  readonly #signal: AbortSignal;
  readonly #unwatch: () => void;
  readonly #onAbort = () => this.#wake();
  #count = 0;
  #seen = 0;
  #wake = () => {};

  constructor(backend: InMemoryBackend, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#unwatch = backend.watch((observation) => {
      this.#told.push(observation);
      this.#count += 1;
      this.#wake();
    });
  }

  take(): PodObservation | undefined {
    return this.#told.shift();
  }

  async next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    if (this.#count === this.#seen && !this.#signal.aborted) await promise;
    this.#seen = this.#count;
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#unwatch();
  }
}
