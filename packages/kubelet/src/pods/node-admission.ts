import type { Pod } from "@vkubelet/core";
import {
  type AdmissionResult,
  admitPod,
  isMirrorPod,
  isTerminalPhase,
  type NodeForAdmission,
  Quantity,
} from "@vkubelet/pod";
import { asAllocated } from "./allocated-resources.ts";
import { type CountedShare, CountedShares } from "./counted-shares.ts";

/** Options of {@link NodeAdmission}. */
export interface NodeAdmissionOptions {
  /** The node as it is now, or in words why it is not known yet. */
  readonly node: () => NodeForAdmission | string;
}

/** Whether the node takes a pod; `waiting`: that cannot be said yet, and why. */
export type NodeVerdict = AdmissionResult | { readonly waiting: string };

interface HeldPod {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly share: CountedShare;
}

/** pkg/kubelet/nodeshutdown. */
const shuttingDown: AdmissionResult = {
  admitted: false,
  reason: "NodeShutdown",
  message: "Pod was rejected as the node is shutting down.",
};

const sourceAnnotation = "kubernetes.io/config.source";

/**
 * Decides on first sight whether the node takes a pod (pod-semantics Y2), and remembers what those it took ask for.
 * A pod is taken once and for all: one that has a start time was admitted, by this process or by one before, and is
 * counted without being judged again. The decision and the count are one synchronous step, so that two pods never both
 * get the last room.
 */
export class NodeAdmission {
  readonly #options: NodeAdmissionOptions;
  readonly #held = new Map<string, HeldPod>();
  readonly #shares = new CountedShares();
  readonly #totals = new Map<string, Quantity>();

  #shutDown = false;

  constructor(options: NodeAdmissionOptions) {
    this.#options = options;
  }

  /** Takes a newer pod object: what was admitted before counts, what is over does no longer. */
  observe(pod: Pod): void {
    const uid = pod.metadata?.uid ?? "";
    if (isTerminalPhase(pod.status?.phase)) this.release(uid);
    else if (pod.status?.startTime !== undefined && !isMirrorPod(pod)) this.#hold(uid, asAllocated(pod));
  }

  /** The pod is over or its object is gone. */
  release(uid: string): void {
    const held = this.#held.get(uid);
    if (held === undefined) return;
    this.#held.delete(uid);
    this.#shares.release(held.share);
    for (const [name, amount] of held.share.requests ?? []) {
      const left = (this.#totals.get(name) ?? Quantity.zero).sub(amount);
      if (left.isZero()) this.#totals.delete(name);
      else this.#totals.set(name, left);
    }
  }

  /** From now on no pod is taken: the node is about to go. */
  shutDown(): void {
    this.#shutDown = true;
  }

  /** Judges the pod, unless it was taken before, and counts it from now on when it is taken. */
  admit(pod: Pod): NodeVerdict {
    const uid = pod.metadata?.uid ?? "";
    if (this.#held.has(uid)) return { admitted: true };
    if (this.#shutDown) return shuttingDown;
    const node = this.#options.node();
    if (typeof node === "string") return { waiting: node };
    const verdict = this.#judge(ofApiServer(pod), node);
    if (verdict.admitted) this.#hold(uid, pod);
    return verdict;
  }

  /**
   * Judges a pod that was taken before with other resources, beside the other pods, and counts it with these when it
   * still fits; else it counts as it did.
   */
  resize(pod: Pod): NodeVerdict {
    const uid = pod.metadata?.uid ?? "";
    const node = this.#options.node();
    if (typeof node === "string") return { waiting: node };
    const before = this.counted(uid);
    this.release(uid);
    const verdict = this.#judge(ofApiServer(pod), node);
    const counted = verdict.admitted ? pod : before;
    if (counted !== undefined) this.#hold(uid, counted);
    return verdict;
  }

  /** What of the pod counts: names, resources and host ports. */
  counted(uid: string): Pod | undefined {
    const held = this.#held.get(uid);
    return held === undefined ? undefined : countedPod(uid, held);
  }

  /** Counts the pod so from now on, whether it fits or not. */
  count(pod: Pod): void {
    const uid = pod.metadata?.uid ?? "";
    this.release(uid);
    this.#hold(uid, pod);
  }

  #judge(pod: Pod, node: NodeForAdmission): AdmissionResult {
    // What fits in beside the sums needs no look at each pod, but for ports of the node.
    const roomLeft = wantsHostPorts(pod) ? undefined : this.#roomLeft(node);
    if (roomLeft !== undefined && admitPod(pod, roomLeft, []).admitted) return { admitted: true };
    return admitPod(
      pod,
      node,
      [...this.#held].map(([uid, held]) => countedPod(uid, held)),
    );
  }

  /** The node with what is left of it; undefined where that cannot be said by sums alone. */
  #roomLeft(node: NodeForAdmission): NodeForAdmission | undefined {
    if (this.#shares.hasUnreadable) return undefined;
    const taken = new Map(this.#totals).set("pods", Quantity.ofInteger(BigInt(this.#held.size)));
    const allocatable = Object.entries(node.status?.allocatable ?? {}).map(([name, amount]) => [
      name,
      Quantity.parse(amount)
        .sub(taken.get(name) ?? Quantity.zero)
        .toString(),
    ]);
    return { ...node, status: { ...node.status, allocatable: Object.fromEntries(allocatable) } };
  }

  #hold(uid: string, pod: Pod): void {
    if (this.#held.has(uid)) return;
    const { name, namespace } = pod.metadata ?? {};
    const share = this.#shares.take(pod.spec);
    this.#held.set(uid, { name, namespace, share });
    for (const [resource, amount] of share.requests ?? []) {
      this.#totals.set(resource, (this.#totals.get(resource) ?? Quantity.zero).add(amount));
    }
  }
}

function countedPod(uid: string, { name, namespace, share }: HeldPod): Pod {
  return { metadata: { ...(name && { name }), ...(namespace && { namespace }), uid }, spec: share.spec };
}

function wantsHostPorts({ spec }: Pod): boolean {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].some(({ ports }) =>
    ports?.some(({ hostPort = 0 }) => hostPort > 0),
  );
}

/** Whatever it says of itself, a pod of the API server is no static one (pkg/kubelet/config/apiserver.go). */
function ofApiServer(pod: Pod): Pod {
  if (pod.metadata?.annotations?.[sourceAnnotation] === undefined) return pod;
  const annotations = { ...pod.metadata.annotations, [sourceAnnotation]: "api" };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}
