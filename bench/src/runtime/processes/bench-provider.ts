import {
  type ContainerObservation,
  contractVersion,
  type PodObservation,
  type Provider,
  type ResolvedPod,
} from "@vkubelet/core";
import { openJournal, readJournal } from "./backend-journal.ts";

/** A provider that answers at once, and the lever that ends its pods. */
export interface BenchProvider extends Provider {
  finishAll(): void;
}

/**
 * Pods run as soon as they are created and end as soon as they are told to. A create is written to the journal whatever
 * was created before, so that the journal shows what a real backend would have been asked.
 */
export function createBenchProvider(journalFile: string, absenceGraceMs: number): BenchProvider {
  const pods = podsOfJournal(journalFile);
  const news: PodObservation[] = [];
  let wake = () => {};
  let version = [...pods.values()].reduce((highest, pod) => Math.max(highest, pod.version), 0);
  const tell = (observation: PodObservation) => {
    pods.set(observation.ref.uid, observation);
    news.push(observation);
    wake();
  };
  const end = (uid: string) => {
    const known = pods.get(uid);
    if (known === undefined || known.state === "ended") return;
    version += 1;
    journal.append({ type: "ended", uid });
    tell({ ...known, version, state: "ended", containers: known.containers.map(terminated) });
  };
  const journal = openJournal(journalFile);
  return {
    contractVersion,
    name: "bench",
    traits: { restarts: "runtime", absenceGraceMs },
    describeNode: async () => ({
      capacity: { cpu: "20000", memory: "90000Gi", pods: "100000" },
      operatingSystem: "linux",
      architecture: "amd64",
    }),
    async createPod(pod) {
      const at = new Date().toISOString();
      const containers = namesOf(pod);
      journal.append({ type: "created", ref: pod.ref, attempt: pod.attempt, containers, at });
      version += 1;
      tell(runningObservation(pod.ref, pod.attempt, version, containers, at));
    },
    deletePod: async (ref) => end(ref.uid),
    listPods: async () => [...pods.values()],
    async *watchPods({ signal }) {
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        while (!signal.aborted) {
          yield* news.splice(0);
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          if (news.length === 0 && !signal.aborted) await promise;
        }
        throw signal.reason;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    async releasePod(ref) {
      if (pods.delete(ref.uid)) journal.append({ type: "released", uid: ref.uid });
    },
    finishAll: () => {
      for (const uid of [...pods.keys()]) end(uid);
    },
    [Symbol.asyncDispose]: async () => journal[Symbol.dispose](),
  };
}

/** The pods that earlier processes left, each with a version of its own. */
function podsOfJournal(journalFile: string): Map<string, PodObservation> {
  const pods = new Map<string, PodObservation>();
  let version = 0;
  for (const entry of readJournal(journalFile)) {
    if (entry.type === "created") {
      version += 1;
      const { ref, attempt, containers, at } = entry;
      pods.set(ref.uid, runningObservation(ref, attempt, version, containers, at));
    } else if (entry.type === "released") pods.delete(entry.uid);
    else {
      const known = pods.get(entry.uid);
      if (known !== undefined) {
        pods.set(entry.uid, { ...known, state: "ended", containers: known.containers.map(terminated) });
      }
    }
  }
  return pods;
}

function namesOf(pod: ResolvedPod): readonly string[] {
  return [...pod.initContainers, ...pod.containers].map(({ name }) => name);
}

function runningObservation(
  ref: PodObservation["ref"],
  attempt: number,
  version: number,
  containers: readonly string[],
  startedAt: string,
): PodObservation {
  return {
    ref,
    attempt,
    version,
    state: "active",
    startedAt,
    podIPs: ["192.0.2.2"],
    containers: containers.map((name) => ({
      name,
      restartCount: 0,
      instanceId: `${ref.uid}-${name}`,
      state: { type: "running", startedAt },
    })),
  };
}

function terminated(container: ContainerObservation): ContainerObservation {
  const { state } = container;
  const startedAt = state.type === "running" ? state.startedAt : undefined;
  return {
    ...container,
    state: {
      type: "terminated",
      exitCode: 0,
      finishedAt: new Date().toISOString(),
      ...(startedAt !== undefined && { startedAt }),
    },
  };
}
