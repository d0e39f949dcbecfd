import {
  type ContainerRef,
  contractVersion,
  formatPodRef,
  type LogLine,
  type LogOptions,
  type PodContext,
  type Provider,
  ProviderError,
  type ResolvedPod,
} from "@vkubelet/core";
import type { InMemoryBackend } from "@vkubelet/testing";

/** A provider as a package of its own would have it. What it stands for is the little backend of the tests. */
export function createExampleProvider(backend: InMemoryBackend, node: string): Provider {
  return {
    contractVersion,
    name: "example",
    traits: { restarts: "runtime", absenceGraceMs: 0, pollIntervalMs: 1_000 },
    describeNode: async () => ({
      capacity: { cpu: "8", memory: "16Gi", pods: "50" },
      operatingSystem: "linux",
      architecture: "amd64",
    }),
    checkHealth: ({ signal }) => backend.call("checkHealth", signal, () => ({ healthy: true })),
    createPod: async (pod, context) => {
      context.signal.throwIfAborted();
      refuseImpossible(pod);
      // A look-up that fails throws, and nothing is created.
      if (await backend.call("findPod", context.signal, () => backend.has(pod))) return;
      await backend.call("createPod", context.signal, () => backend.start(pod, node));
    },
    deletePod: ({ uid }, { gracePeriodSeconds }, { signal }) =>
      backend.call("deletePod", signal, () => backend.stop(uid, gracePeriodSeconds)),
    listPods: ({ signal }) => backend.call("listPods", signal, () => backend.list(node)),
    releasePod: ({ uid }, { signal }) => backend.call("releasePod", signal, () => backend.release(uid)),
    logs: (ref, options, context) => readLogs(backend, ref, options, context),
  };
}

function refuseImpossible({ ref, containers }: ResolvedPod): void {
  const issues = containers.flatMap(({ image }, index) =>
    image === "" ? [{ path: `spec.containers[${index}].image`, message: "must be named" }] : [],
  );
  if (issues.length > 0)
    throw new ProviderError("InvalidInput", `create of ${formatPodRef(ref)}: it names no image`, { issues });
}

async function* readLogs(
  backend: InMemoryBackend,
  ref: ContainerRef,
  { follow, previous }: LogOptions,
  { clock, signal }: PodContext,
): AsyncGenerator<LogLine> {
  const what = `logs of ${ref.container} in ${formatPodRef(ref)}`;
  if (previous) throw new ProviderError("NotFound", `${what}: no earlier instance is kept`);
  for (let next = 0; ; ) {
    signal.throwIfAborted();
    const ended = backend.containerEnded(ref.uid, ref.container);
    const lines = backend.linesOf(ref.uid, ref.container);
    if (lines === undefined) throw new ProviderError("NotFound", `${what}: there is no such container`);
    yield* lines.slice(next);
    next = lines.length;
    if (!follow || ended) return;
    await clock.sleep(1_000, signal);
  }
}
