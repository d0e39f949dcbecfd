import { isProviderError, type ResolvedPod } from "@vkubelet/core";
import type { InMemoryBackend } from "../../in-memory-backend.ts";
import type { Break } from "./break.ts";

/** What the fault does when a pod has changed; `update` is what should be done, with this pod or another one. */
function updating(
  change: (
    pod: ResolvedPod,
    backend: InMemoryBackend,
    update: (pod?: ResolvedPod) => Promise<void>,
  ) => Promise<void>,
): Break {
  return (provider, backend) => ({
    ...provider,
    updatePod: (pod, context) =>
      change(pod, backend, async (changed = pod) => provider.updatePod?.(changed, context)),
  });
}

/** The containers of the pod are other instances from now on. */
function restart({ ref: { uid } }: ResolvedPod, backend: InMemoryBackend): void {
  const seen = backend.list().find(({ ref }) => ref.uid === uid);
  const containers = (seen?.containers ?? []).map((container) => ({ ...container, instanceId: "another" }));
  backend.observe(uid, { containers });
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Providers that do something else with a pod that has changed, each in one way. */
export const brokenUpdates = {
  "starts a pod anew for nothing": updating(async (pod, backend, update) => {
    const before = backend.runningPod(pod.ref.uid);
    await update();
    if (before !== undefined && sameJson(before, pod)) restart(pod, backend);
  }),
  "starts a pod anew for a label": updating(async (pod, backend, update) => {
    const before = backend.runningPod(pod.ref.uid)?.pod.metadata?.labels;
    await update();
    if (!sameJson(before, pod.pod.metadata?.labels)) restart(pod, backend);
  }),
  "takes another image and forgets it": updating(async (_pod, _backend, update) => {
    await update().catch((error: unknown) => {
      if (!isProviderError(error) || error.code !== "Unsupported") throw error;
    });
  }),
  "keeps the files of a pod as they were": updating(async (pod, backend, update) => {
    const { volumes } = backend.runningPod(pod.ref.uid) ?? pod;
    await update({ ...pod, volumes });
  }),
  "updates what it does not know": updating(async (_pod, _backend, update) => {
    await update().catch((error: unknown) => {
      if (!isProviderError(error) || error.code !== "NotFound") throw error;
    });
  }),
  "updates whoever has lost interest": (provider) => ({
    ...provider,
    updatePod: async (pod, context) =>
      provider.updatePod?.(pod, { ...context, signal: new AbortController().signal }),
  }),
} as const satisfies Readonly<Record<string, Break>>;
