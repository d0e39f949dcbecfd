import type { Pod, PodStatus } from "@vkubelet/core";
import { defaultGracePeriodSeconds } from "../lifecycle/grace-period.ts";
import { Quantity } from "../quantity/quantity.ts";
import { isCriticalPod } from "./pod-source.ts";

/** A host's verdict that a pod is over, as {@link StatusInput} takes it, and how its containers are stopped. */
export interface PodVerdict {
  readonly failure: { readonly reason: string; readonly message: string; readonly disruption?: boolean };
  /** Seconds that shorten the pod's own grace; absent: the pod's own. */
  readonly graceOverride?: number;
  /** What the kubelet tells beside the status; absent: nothing. */
  readonly event?: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string };
}

/**
 * The moment at which a pod has been active for as long as it may, in milliseconds since the epoch (pod-semantics Y1):
 * `activeDeadlineSeconds` after `status.startTime`, pulls and init containers included. Undefined without deadline, and
 * before the pod has a start time.
 */
export function activeDeadline(pod: Pod, status: PodStatus | undefined): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const startTime = status?.startTime;
  return seconds === undefined || startTime === undefined
    ? undefined
    : Date.parse(startTime) + seconds * 1_000;
}

/** The verdict on a pod whose deadline has come (pod-semantics Y1): its containers keep their grace. */
export function deadlineVerdict(): PodVerdict {
  const reason = "DeadlineExceeded";
  const message = "Pod was active on the node longer than the specified deadline";
  return { failure: { reason, message }, event: { type: "Normal", reason, message } };
}

/** What a pod has used too much of. */
export type Overuse =
  /** `resource` ran low on the node; `threshold` and `available` where known (both or none). */
  | {
      readonly type: "node";
      readonly resource: string;
      readonly threshold?: string;
      readonly available?: string;
      readonly containers?: readonly ContainerOveruse[];
      /** Of a soft threshold; absent: a hard one. */
      readonly graceSeconds?: number;
    }
  /** An emptyDir above its size limit (M4). */
  | { readonly type: "emptyDir"; readonly volume: string; readonly limit: string }
  /** A container's writable layer and logs above its `ephemeral-storage` limit. */
  | { readonly type: "containerStorage"; readonly container: string; readonly limit: string }
  /** The pod's local storage above the sum of its containers' limits. */
  | { readonly type: "podStorage"; readonly limit: string };

/** A container that used more of the scarce resource than it asked for; both amounts as quantities. */
export interface ContainerOveruse {
  readonly name: string;
  readonly usage: string;
  readonly request: string;
}

/**
 * The verdict on a pod that is evicted (pod-semantics Y3, M4; pkg/kubelet/eviction): reason `Evicted` and the kubelet's
 * words, the blank at the end included. The grace is 1 s but for a soft threshold of the node; a node's need counts as a
 * disruption, a limit of the pod's own does not. Undefined for a critical pod, which is never evicted.
 */
export function evictionVerdict(pod: Pod, overuse: Overuse): PodVerdict | undefined {
  if (isCriticalPod(pod)) return undefined;
  const message = evictionMessage(overuse);
  const ofNode = overuse.type === "node";
  return {
    failure: { reason: "Evicted", message, ...(ofNode && { disruption: true }) },
    graceOverride: (ofNode ? overuse.graceSeconds : undefined) ?? 1,
    event: { type: "Warning", reason: "Evicted", message },
  };
}

/**
 * The verdict on a pod of a node that is shut down (pod-semantics Y3; pkg/kubelet/nodeshutdown): it gets the seconds
 * that the shutdown leaves it, or its own grace if that is less.
 */
export function shutdownVerdict(pod: Pod, secondsLeft: number): PodVerdict {
  const reason = "Terminated";
  const message = "Pod was terminated in response to imminent node shutdown.";
  const own = pod.spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  return { failure: { reason, message, disruption: true }, graceOverride: Math.min(own, secondsLeft) };
}

function evictionMessage(overuse: Overuse): string {
  switch (overuse.type) {
    case "emptyDir":
      return `Usage of EmptyDir volume "${overuse.volume}" exceeds the limit "${canonical(overuse.limit)}". `;
    case "containerStorage":
      return `Container ${overuse.container} exceeded its local ephemeral storage limit "${canonical(overuse.limit)}". `;
    case "podStorage":
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${canonical(overuse.limit)}. `;
    case "node": {
      const { resource, threshold, available } = overuse;
      const known = threshold !== undefined && available !== undefined;
      const levels = known ? `Threshold quantity: ${threshold}, available: ${available}. ` : "";
      const containers = (overuse.containers ?? []).map(
        ({ name, usage, request }) =>
          `Container ${name} was using ${usage}, request is ${request}, has larger consumption of ${resource}. `,
      );
      return `The node was low on resource: ${resource}. ${levels}${containers.join("")}`;
    }
  }
}

function canonical(limit: string): string {
  return Quantity.parse(limit).toString();
}
