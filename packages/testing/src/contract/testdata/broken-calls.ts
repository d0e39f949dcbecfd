import { isProviderError, ProviderError } from "@vkubelet/core";
import type { Break } from "./break.ts";

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

/** Providers that do something else than what a call says, each in one way. */
export const brokenCalls = {
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
  "creates before its record is written": (provider) => ({
    ...provider,
    createPod: (pod, context) => {
      const record = { ...context.record, read: () => context.record.read(), write: async () => {} };
      context.record.write({ intent: String(pod.attempt) }).catch(() => {});
      return provider.createPod(pod, { ...context, record });
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
