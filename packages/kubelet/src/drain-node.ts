import type { Clock, Logger } from "@vkubelet/core";
import { startDeadline } from "./api/deadline.ts";
import { isNotFound } from "./api/kube-api-error.ts";
import type { NodeController } from "./node/node-controller.ts";
import type { PodController } from "./pods/pod-controller.ts";
import type { PodDrainSettings } from "./pods/pod-drain.ts";

/** How a node is left: its pods are ended, and it takes no more. */
export interface DrainSettings extends PodDrainSettings {
  /**
   * Whether the Node is deleted once all its pods are over. Default: it stays, cordoned and not ready, until a kubelet
   * is started under its name again.
   */
  readonly deleteNode?: boolean | undefined;
}

/** What a drain works on. */
export interface DrainedNode {
  readonly node: NodeController | undefined;
  readonly pods: PodController;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An API server that does not answer holds up a drain for no longer. */
const writeMs = 10_000;

/** Cordons the node, reports it as shutting down, and ends its pods. Whether all of them were over in time. */
export async function drainNode(drained: DrainedNode, settings: PodDrainSettings): Promise<boolean> {
  const { pods, logger } = drained;
  await tellShutdown(drained);
  const left = await pods.drain(settings);
  for (const { metadata } of left) {
    const pod = `${metadata?.namespace}/${metadata?.name}`;
    logger.warn("a pod was not over in time and goes on to end at the backend", { pod });
  }
  return left.length === 0;
}

/**
 * Leaves the Node of a kubelet that works no more: deletes it, saying what to do where that cannot be, or reports once
 * more that it is shutting down, since a check that was under way may have said otherwise.
 */
export function leaveNode(drained: DrainedNode, { remove }: { readonly remove: boolean }): Promise<void> {
  if (!remove) return tellShutdown(drained);
  const failure = "cannot delete the node; an administrator can, with kubectl delete node";
  return attempt(drained, failure, (signal) => drained.node?.remove(signal));
}

function tellShutdown(drained: DrainedNode): Promise<void> {
  const failure = "cannot tell that the node is shutting down";
  return attempt(drained, failure, (signal) => drained.node?.leave(signal));
}

/** A drain goes on whatever the API server answers. */
async function attempt(
  { clock, logger }: DrainedNode,
  failure: string,
  write: (signal: AbortSignal) => Promise<void> | undefined,
): Promise<void> {
  using deadline = startDeadline(clock, writeMs, undefined);
  try {
    await write(deadline.signal);
  } catch (error) {
    if (!isNotFound(error)) logger.warn(failure, { error });
  }
}
