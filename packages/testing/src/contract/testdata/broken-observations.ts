import type { ContainerObservation, PodObservation } from "@vkubelet/core";
import type { Break } from "./break.ts";

/** What the fault does to each observation that is told. */
function observing(change: (observation: PodObservation) => PodObservation): Break {
  return (provider) => ({
    ...provider,
    listPods: async (context) => (await provider.listPods(context)).map(change),
    watchPods: async function* (context) {
      for await (const observation of provider.watchPods?.(context) ?? []) yield change(observation);
    },
  });
}

function containers(change: (container: ContainerObservation) => ContainerObservation): Break {
  return observing((observation) => ({ ...observation, containers: observation.containers.map(change) }));
}

/** Providers that tell something else than what there is, each in one way. */
export const brokenObservations = {
  "lists only what runs": (provider) => ({
    ...provider,
    listPods: async (context) => (await provider.listPods(context)).filter(({ state }) => state !== "ended"),
  }),
  "has one version for everything": observing((observation) => ({ ...observation, version: 1 })),
  "loses exit codes": containers((container) =>
    container.state.type === "terminated"
      ? { ...container, state: { ...container.state, exitCode: 0 } }
      : container,
  ),
  "counts no restarts": containers((container) => ({ ...container, restartCount: 0 })),
  "calls every bad end a failure of the run": observing((observation) =>
    observation.containers.some(({ state }) => state.type === "terminated" && state.exitCode !== 0)
      ? { ...observation, failure: { reason: "Failed", message: "it failed" } }
      : observation,
  ),
  "shows running containers of ended pods": observing((observation) => ({
    ...observation,
    containers: observation.containers.map((container) =>
      observation.state === "ended" ? { ...container, state: { type: "running" } } : container,
    ),
  })),
  "loses namespaces": observing((observation) => ({
    ...observation,
    ref: { ...observation.ref, namespace: "default" },
  })),
  "names every container main": containers((container) => ({ ...container, name: "main" })),
  "writes times as people do": containers((container) =>
    container.state.type !== "waiting"
      ? { ...container, state: { ...container.state, startedAt: "yesterday" } }
      : container,
  ),
  "takes a stranger's pods for its own": (provider) => ({
    ...provider,
    listPods: async (context) => {
      const ref = { namespace: "default", name: "stranger", uid: "5f0c3a1e-0000-4000-8000-000000000000" };
      const stranger: PodObservation = { ref, attempt: 0, version: 1, state: "active", containers: [] };
      return [...(await provider.listPods(context)), stranger];
    },
  }),
  "never says that a container runs": containers((container) =>
    container.state.type === "running" ? { ...container, state: { type: "waiting" } } : container,
  ),
  "lists a pod at the second look": (provider) => {
    const seen = new Set<string>();
    return {
      ...provider,
      listPods: async (context) => {
        const all = await provider.listPods(context);
        const known = all.filter(({ ref }) => seen.has(ref.uid));
        for (const { ref } of all) seen.add(ref.uid);
        return known;
      },
    };
  },
  "gives a container another name at every look": (provider) => {
    let looks = 0;
    return containers((container) => {
      looks += 1;
      return { ...container, instanceId: `instance-${looks}` };
    })(provider, undefined as never);
  },
  "counts versions backwards": (provider) => {
    let looks = 1_000_000;
    return observing((observation) => {
      looks -= 1;
      return { ...observation, version: looks };
    })(provider, undefined as never);
  },
  "ends a watch in silence when it is aborted": (provider) => ({
    ...provider,
    watchPods: async function* (context) {
      try {
        yield* provider.watchPods?.(context) ?? [];
      } catch (error) {
        if (!context.signal.aborted) throw error;
      }
    },
  }),
  "watches in silence": (provider) => ({
    ...provider,
    watchPods: async function* ({ signal }) {
      yield* [];
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  }),
  "lists the pods of every node": (provider, backend) => ({
    ...provider,
    listPods: async (context) => {
      await provider.listPods(context);
      return backend.list();
    },
  }),
} as const satisfies Readonly<Record<string, Break>>;
