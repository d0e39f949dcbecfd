import {
  type ContainerObservation,
  isProviderError,
  type LogLine,
  type PodObservation,
  type Provider,
  ProviderError,
} from "@vkubelet/core";
import type { InMemoryBackend } from "../../in-memory-backend.ts";

/** A provider with one fault in it, made out of one that has none. */
export type Break = (provider: Provider, backend: InMemoryBackend) => Provider;

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

/** What the fault does to the errors of calls that are no streams. */
function failing(change: (error: unknown, signal: AbortSignal) => unknown): Break {
  return (provider) => {
    const guard = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        throw change(error, signal);
      }
    };
    return {
      ...provider,
      createPod: (pod, context) => guard(provider.createPod(pod, context), context.signal),
      deletePod: (ref, options, context) => guard(provider.deletePod(ref, options, context), context.signal),
      listPods: (context) => guard(provider.listPods(context), context.signal),
    };
  };
}

function printing(
  read: (lines: AsyncIterable<LogLine>, provider: Provider) => AsyncIterable<LogLine>,
): Break {
  return (provider) => ({
    ...provider,
    logs: (ref, options, context) => read(provider.logs?.(ref, options, context) ?? none(), provider),
  });
}

async function* none(): AsyncGenerator<never> {}

/** The ways in which providers go wrong, each alone in an otherwise faultless one. */
export const breaks = {
  "speaks another version of the contract": (provider) => ({ ...provider, contractVersion: 0 as 1 }),
  "says nothing of the number of pods": (provider) => ({
    ...provider,
    describeNode: async (context) => {
      const { pods: _, ...capacity } = (await provider.describeNode(context)).capacity;
      return { operatingSystem: "linux", architecture: "amd64", capacity };
    },
  }),
  "starts a run that exists anew": (provider, backend) => ({
    ...provider,
    createPod: async (pod, context) => {
      backend.release(pod.ref.uid);
      await provider.createPod(pod, context);
    },
  }),
  "takes a failed look-up for absence": (provider, backend) => ({
    ...provider,
    createPod: async (pod, context) => {
      try {
        await provider.createPod(pod, context);
      } catch (error) {
        if (!isProviderError(error) || !error.message.startsWith("findPod")) throw error;
        backend.release(pod.ref.uid);
        backend.start(pod);
      }
    },
  }),
  "knows pods by their names": (provider, backend) => ({
    ...provider,
    deletePod: async (ref, options, context) => {
      for (const { ref: other } of backend.list()) {
        if (other.name === ref.name) await provider.deletePod(other, options, context);
      }
    },
    releasePod: async (ref) => {
      for (const { ref: other } of backend.list()) if (other.name === ref.name) backend.release(other.uid);
    },
  }),
  "knows what it created itself": (provider) => {
    const mine = new Set<string>();
    return {
      ...provider,
      createPod: async (pod, context) => {
        await provider.createPod(pod, context);
        mine.add(pod.ref.uid);
      },
      listPods: async (context) => (await provider.listPods(context)).filter(({ ref }) => mine.has(ref.uid)),
    };
  },
  "ignores attempts": (provider) => ({
    ...provider,
    createPod: (pod, context) => provider.createPod({ ...pod, attempt: 0 }, context),
  }),
  "lists nothing when it cannot list": (provider) => ({
    ...provider,
    listPods: (context) =>
      provider.listPods(context).catch((error: unknown) => {
        if (context.signal.aborted) throw error;
        return [];
      }),
  }),
  "lists only what runs": (provider) => ({
    ...provider,
    listPods: async (context) => (await provider.listPods(context)).filter(({ state }) => state !== "ended"),
  }),
  "deletes nothing": (provider) => ({ ...provider, deletePod: async () => {} }),
  "deletes only what it has listed": (provider) => {
    const listed = new Set<string>();
    return {
      ...provider,
      listPods: async (context) => {
        const all = await provider.listPods(context);
        for (const { ref } of all) listed.add(ref.uid);
        return all;
      },
      deletePod: async (ref, options, context) => {
        context.signal.throwIfAborted();
        if (listed.has(ref.uid)) await provider.deletePod(ref, options, context);
      },
    };
  },
  "does not know that unknown pods are deleted": (provider, backend) => ({
    ...provider,
    deletePod: async (ref, options, context) => {
      if (!backend.list().some(({ ref: other }) => other.uid === ref.uid))
        throw new ProviderError("NotFound", `pod ${ref.name} is unknown`);
      await provider.deletePod(ref, options, context);
    },
  }),
  "releases only what it knows": (provider, backend) => ({
    ...provider,
    releasePod: async (ref, context) => {
      if (!backend.list().some(({ ref: other }) => other.uid === ref.uid))
        throw new ProviderError("NotFound", `pod ${ref.name} is unknown`);
      await provider.releasePod?.(ref, context);
    },
  }),
  "kills at once": (provider, backend) => ({
    ...provider,
    deletePod: async (ref) => backend.finish(ref.uid, 137),
  }),
  "grants every pod a minute": (provider) => ({
    ...provider,
    deletePod: (ref, _, context) => provider.deletePod(ref, { gracePeriodSeconds: 600 }, context),
  }),
  "deletes everything": (provider, backend) => ({
    ...provider,
    deletePod: async (_, options, context) => {
      for (const { ref } of backend.list()) await provider.deletePod(ref, options, context);
    },
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
  "gives every error the same code": failing((error, signal) =>
    signal.aborted ? error : new Error("something failed"),
  ),
  "wraps the reason of an abort": failing((error, signal) =>
    signal.aborted ? new Error("aborted", { cause: error }) : error,
  ),
  "works on when it is told to stop": (provider) => {
    const free = () => new AbortController().signal;
    return {
      ...provider,
      createPod: (pod, context) => provider.createPod(pod, { ...context, signal: free() }),
      deletePod: (ref, options, context) => provider.deletePod(ref, options, { ...context, signal: free() }),
      listPods: (context) => provider.listPods({ ...context, signal: free() }),
    };
  },
  "tells secrets": (provider) => ({
    ...provider,
    createPod: (pod, context) => {
      context.logger.debug("creating", { pod });
      return provider.createPod(pod, context);
    },
  }),
  "refuses without a path": (provider) => ({
    ...provider,
    createPod: (pod, context) =>
      provider.createPod(pod, context).catch((error: unknown) => {
        if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
        throw new ProviderError("InvalidInput", "bad pod");
      }),
  }),
  "runs what can never run": (provider, backend) => ({
    ...provider,
    createPod: (pod, context) =>
      provider.createPod(pod, context).catch((error: unknown) => {
        if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
        backend.start(pod);
      }),
  }),
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
  "creates before its record is written": (provider) => ({
    ...provider,
    createPod: (pod, context) => {
      const record = { ...context.record, read: () => context.record.read(), write: async () => {} };
      context.record.write({ intent: String(pod.attempt) }).catch(() => {});
      return provider.createPod(pod, { ...context, record });
    },
  }),
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
  "cannot list while it creates": (provider) => {
    let creating = 0;
    return {
      ...provider,
      createPod: async (pod, context) => {
        creating += 1;
        try {
          await provider.createPod(pod, context);
        } finally {
          creating -= 1;
        }
      },
      listPods: async (context) => {
        if (creating > 0) throw new ProviderError("Conflict", "listPods failed: busy");
        return provider.listPods(context);
      },
    };
  },
  "is always healthy": (provider) => ({ ...provider, checkHealth: async () => ({ healthy: true }) }),
  "is never healthy": (provider) => ({ ...provider, checkHealth: async () => ({ healthy: false }) }),
  "watches in silence": (provider) => ({
    ...provider,
    watchPods: async function* ({ signal }) {
      yield* [];
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  }),
  "has no logs of what it does not know, and no error": printing(async function* (lines) {
    try {
      yield* lines;
    } catch (error) {
      if (!isProviderError(error)) throw error;
    }
  }),
  "keeps the last line": printing(async function* (lines) {
    let held: LogLine | undefined;
    for await (const line of lines) {
      if (held !== undefined) yield held;
      held = line;
    }
  }),
  "drops empty lines": printing(async function* (lines) {
    for await (const line of lines) if (line.bytes.length > 0) yield line;
  }),
  "always follows": (provider) => ({
    ...provider,
    logs: (ref, options, context) => provider.logs?.(ref, { ...options, follow: true }, context) ?? none(),
  }),
  "never follows": (provider) => ({
    ...provider,
    logs: (ref, options, context) => provider.logs?.(ref, { ...options, follow: false }, context) ?? none(),
  }),
  "takes everything with it when it goes": (provider, backend) => ({
    ...provider,
    [Symbol.asyncDispose]: async () => {
      for (const { ref } of backend.list()) backend.finish(ref.uid, 137);
    },
  }),
  "writes into what it is given": (provider) => ({
    ...provider,
    createPod: (pod, context) => {
      Object.assign(pod, { hostname: "mine" });
      return provider.createPod(pod, context);
    },
  }),
} as const satisfies Readonly<Record<string, Break>>;
