import type { Container, Pod } from "@vkubelet/core";
import {
  type AdmissionResult,
  admitPod,
  effectiveResources,
  isMirrorPod,
  isTerminalPhase,
  type NodeForAdmission,
  Quantity,
} from "@vkubelet/pod";
import { asAllocated } from "./allocated-resources.ts";

/** Options of {@link NodeAdmission}. */
export interface NodeAdmissionOptions {
  /** The node as it is now, or in words why it is not known yet. */
  readonly node: () => NodeForAdmission | string;
}

/** Whether the node takes a pod; `waiting`: that cannot be said yet, and why. */
export type NodeVerdict = AdmissionResult | { readonly waiting: string };

interface HeldPod {
  readonly pod: Pod;
  readonly requests: ReadonlyMap<string, Quantity> | undefined;
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
  /** Pods with a quantity that cannot be read. */
  readonly #unreadable = new Set<string>();
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
    this.#unreadable.delete(uid);
    for (const [name, amount] of held.requests ?? []) {
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
    const before = this.#held.get(uid)?.pod;
    this.release(uid);
    const verdict = this.#judge(ofApiServer(pod), node);
    const counted = verdict.admitted ? pod : before;
    if (counted !== undefined) this.#hold(uid, counted);
    return verdict;
  }

  /** What of the pod counts: names, resources and host ports. */
  counted(uid: string): Pod | undefined {
    return this.#held.get(uid)?.pod;
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
      [...this.#held.values()].map((held) => held.pod),
    );
  }

  /** The node with what is left of it; undefined where that cannot be said by sums alone. */
  #roomLeft(node: NodeForAdmission): NodeForAdmission | undefined {
    if (this.#unreadable.size > 0) return undefined;
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
    const requests = requestsOf(pod);
    this.#held.set(uid, { pod: countedPartOf(pod), requests });
    if (requests === undefined) this.#unreadable.add(uid);
    for (const [name, amount] of requests ?? []) {
      this.#totals.set(name, (this.#totals.get(name) ?? Quantity.zero).add(amount));
    }
  }
}

/** The little of a pod that counts, so that no whole object is kept beside the newest. */
function countedPartOf({ metadata, spec }: Pod): Pod {
  const { name, namespace, uid } = metadata ?? {};
  const part = (container: Container): Container => ({
    name: container.name,
    ...(container.resources !== undefined && { resources: container.resources }),
    ...(container.ports !== undefined && { ports: container.ports }),
    ...(container.restartPolicy !== undefined && { restartPolicy: container.restartPolicy }),
  });
  return {
    metadata: { ...(name && { name }), ...(namespace && { namespace }), ...(uid && { uid }) },
    spec: {
      containers: (spec?.containers ?? []).map(part),
      ...(spec?.initContainers !== undefined && { initContainers: spec.initContainers.map(part) }),
      ...(spec?.resources !== undefined && { resources: spec.resources }),
      ...(spec?.overhead !== undefined && { overhead: spec.overhead }),
    },
  };
}

function requestsOf(pod: Pod): ReadonlyMap<string, Quantity> | undefined {
  try {
    return effectiveResources(pod.spec ?? { containers: [] }).requests;
  } catch {
    // The exact look at all pods, which is taken instead of sums, names the quantity.
    return undefined;
  }
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
