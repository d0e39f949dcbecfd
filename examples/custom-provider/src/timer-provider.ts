import { contractVersion, type PodObservation, type Provider, type ResolvedPod } from "@vkubelet/core";

type Run = { readonly pod: ResolvedPod; readonly start: number; end: number; exitCode: number };

/** Runs every pod as a timer of this process: the smallest provider that behaves. */
export function createTimerProvider(seconds: number): Provider {
  const runs = new Map<string, Run>();
  const capacity = { cpu: "8", memory: "16Gi", pods: "100" };
  return {
    contractVersion,
    name: "timer",
    traits: { restarts: "runtime", absenceGraceMs: 0, pollIntervalMs: 1000 },
    describeNode: async () => ({ capacity, operatingSystem: "linux", architecture: "amd64" }),
    async createPod(pod) {
      if ((runs.get(pod.ref.uid)?.pod.attempt ?? -1) >= pod.attempt) return;
      runs.set(pod.ref.uid, { pod, start: Date.now(), end: Date.now() + seconds * 1000, exitCode: 0 });
    },
    async deletePod({ uid }) {
      const run = runs.get(uid);
      if (run && run.end > Date.now()) Object.assign(run, { end: Date.now(), exitCode: 143 });
    },
    listPods: async () => [...runs.values()].map(observe),
    releasePod: async ({ uid }) => void runs.delete(uid),
  };
}

function observe({ pod, start, end, exitCode }: Run): PodObservation {
  const startedAt = new Date(start).toISOString();
  const finishedAt = new Date(end).toISOString();
  const [over, state] =
    end > Date.now()
      ? ([false, { type: "running", startedAt }] as const)
      : ([true, { type: "terminated", exitCode, startedAt, finishedAt }] as const);
  const containers = pod.containers.map(({ name }) => {
    return { name, instanceId: `${pod.ref.uid}-${pod.attempt}-${name}`, restartCount: 0, state };
  });
  const run = { ref: pod.ref, attempt: pod.attempt, version: Date.now() };
  return { ...run, state: over ? "ended" : "active", containers };
}
