import { contractVersion, type PodObservation, type Provider, type ResolvedPod } from "@vkubelet/core";

/** Runs every pod as a timer of this process: the smallest provider that behaves. */
export function createTimerProvider(seconds: number): Provider {
  const pods = new Map<string, { pod: ResolvedPod; startedAt: number; stopped?: boolean }>();
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  const observe = ({
    pod,
    startedAt,
    stopped,
  }: {
    pod: ResolvedPod;
    startedAt: number;
    stopped?: boolean;
  }): PodObservation => {
    const over = stopped || Date.now() >= startedAt + seconds * 1000;
    return {
      ref: pod.ref,
      attempt: pod.attempt,
      version: Date.now(),
      state: over ? "ended" : "active",
      containers: pod.containers.map(({ name }) => ({
        name,
        restartCount: 0,
        state: over
          ? {
              type: "terminated",
              exitCode: stopped ? 143 : 0,
              startedAt: time(startedAt),
              finishedAt: time(Date.now()),
            }
          : { type: "running", startedAt: time(startedAt) },
      })),
    };
  };
  return {
    contractVersion,
    name: "timer",
    traits: { restarts: "runtime", absenceGraceMs: 0, pollIntervalMs: 1000 },
    describeNode: async () => ({
      capacity: { cpu: "8", memory: "16Gi", pods: "100" },
      operatingSystem: "linux",
      architecture: "amd64",
    }),
    createPod: async (pod) => {
      const known = pods.get(pod.ref.uid);
      if (!known || known.pod.attempt < pod.attempt) pods.set(pod.ref.uid, { pod, startedAt: Date.now() });
    },
    deletePod: async (ref) => {
      const known = pods.get(ref.uid);
      if (known) known.stopped = true;
    },
    listPods: async () => [...pods.values()].map(observe),
    releasePod: async (ref) => void pods.delete(ref.uid),
  };
}
