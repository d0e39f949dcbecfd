import type { PodContext, Provider, ResolvedPod } from "@vkubelet/core";

/** Told before and after the effect of every call that leaves the process; never to return is to die. */
export type Fuse = (call: string, when: "before" | "after") => Promise<void> | void;

/** The provider with the fuse around every call. */
export function guarded(provider: Provider, fuse: Fuse): Provider {
  const around = async <T>(call: string, effect: () => Promise<T>): Promise<T> => {
    await fuse(call, "before");
    const result = await effect();
    await fuse(call, "after");
    return result;
  };
  return {
    ...provider,
    describeNode: (context) => around("describeNode", () => provider.describeNode(context)),
    checkHealth: (context) =>
      around("checkHealth", async () => (await provider.checkHealth?.(context)) ?? { healthy: true }),
    createPod: (pod, context) => around("createPod", () => provider.createPod(pod, context)),
    deletePod: (ref, options, context) => around("deletePod", () => provider.deletePod(ref, options, context)),
    ...(provider.updatePod !== undefined && {
      updatePod: (pod: ResolvedPod, context: PodContext) =>
        around("updatePod", async () => provider.updatePod?.(pod, context)),
    }),
    ...(provider.watchPods !== undefined && { watchPods: (context) => guardedWatch(provider, context, fuse) }),
    listPods: (context) => around("listPods", () => provider.listPods(context)),
    releasePod: (ref, context) => around("releasePod", async () => provider.releasePod?.(ref, context)),
  };
}

async function* guardedWatch(provider: Provider, context: Parameters<Provider["listPods"]>[0], fuse: Fuse) {
  await fuse("watchPods", "before");
  yield* provider.watchPods?.(context) ?? [];
}
