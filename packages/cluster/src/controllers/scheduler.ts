import { formatTime, type KubeObject } from "../api/objects.ts";
import { bindPod } from "../pods/binding.ts";
import { type Controller, type ControllerContext, keyOf, type ObjectChange, splitKey } from "./controller.ts";
import { type NodeUsage, reasonsAgainst } from "./node-fit.ts";
import { isFinishedPod, withCondition } from "./pod-facts.ts";
import { type Amounts, podRequests } from "./pod-requests.ts";

const schedulerName = "default-scheduler";

/** What is placed where, kept up to date pod by pod so that placing one pod does not count all others. */
class Placements {
  readonly #placed = new Map<string, { readonly node: string; readonly requests: Amounts }>();
  readonly #usage = new Map<string, { requests: Amounts; pods: number }>();

  usageOf(node: string): NodeUsage {
    return this.#usage.get(node) ?? { requests: new Map(), pods: 0 };
  }

  place(pod: KubeObject): void {
    const uid = pod.metadata.uid ?? "";
    const node: string = pod.spec.nodeName;
    if (this.#placed.get(uid)?.node === node) return;
    const requests = podRequests(pod.spec);
    this.#placed.set(uid, { node, requests });
    this.#count(node, requests, 1);
  }

  remove(uid: string): boolean {
    const placed = this.#placed.get(uid);
    if (!placed) return false;
    this.#placed.delete(uid);
    this.#count(placed.node, placed.requests, -1);
    return true;
  }

  #count(node: string, requests: Amounts, sign: 1 | -1): void {
    const usage = this.#usage.get(node) ?? { requests: new Map<string, bigint>(), pods: 0 };
    usage.pods += sign;
    for (const [name, amount] of requests) {
      usage.requests.set(name, (usage.requests.get(name) ?? 0n) + BigInt(sign) * amount);
    }
    if (usage.pods === 0) this.#usage.delete(node);
    else this.#usage.set(node, usage);
  }
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …` */
export function unschedulableMessage(reasons: readonly (readonly string[])[]): string {
  if (reasons.length === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const head = `0/${reasons.length} nodes are available`;
  return `${head}: ${list.join(", ")}. preemption: ${head}: ${reasons.length} Preemption is not helpful for scheduling.`;
}

function isPlaceable(pod: KubeObject): boolean {
  const { nodeName, schedulerName: wanted = schedulerName, schedulingGates } = pod.spec;
  return (
    !nodeName &&
    wanted === schedulerName &&
    !schedulingGates?.length &&
    !pod.metadata.deletionTimestamp &&
    !isFinishedPod(pod)
  );
}

/**
 * Binds pods to nodes that are ready, tolerated, selected and have room, the emptiest first. It never preempts, and looks
 * at no preference, topology or volume.
 */
export function scheduler(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const pods = registry.types.require("", "pods");
  const nodes = registry.types.require("", "nodes");
  const placements = new Placements();
  const waiting = new Set<string>();

  function podKeys({ deleted, object: pod }: ObjectChange): Iterable<string> {
    const key = keyOf(pod);
    if (deleted || isFinishedPod(pod)) {
      waiting.delete(key);
      // Room has been made: everything that waits may fit now.
      return placements.remove(pod.metadata.uid ?? "") ? [...waiting] : [];
    }
    if (pod.spec.nodeName) {
      placements.place(pod);
      return [];
    }
    return isPlaceable(pod) ? [key] : [];
  }

  function choose(pod: KubeObject): { readonly node?: string; readonly reasons: string[][] } {
    const requests = podRequests(pod.spec);
    const reasons: string[][] = [];
    let best: { name: string; pods: number } | undefined;
    for (const node of registry.store.list(nodes)) {
      const usage = placements.usageOf(node.metadata.name);
      const against = node.metadata.deletionTimestamp
        ? ["node(s) were unschedulable"]
        : reasonsAgainst(pod, requests, node, usage);
      reasons.push(against);
      if (against.length === 0 && (!best || usage.pods < best.pods))
        best = { name: node.metadata.name, pods: usage.pods };
    }
    return best ? { node: best.name, reasons } : { reasons };
  }

  function markUnschedulable(pod: KubeObject, message: string): void {
    const condition = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message,
      lastProbeTime: null,
    };
    const before = (pod.status?.conditions ?? []).find(
      ({ type }: { type: string }) => type === "PodScheduled",
    );
    if (before?.status === "False" && before.message === message) return;
    registry.mutate(
      pods,
      pod.metadata.namespace,
      pod.metadata.name,
      (current) => ({
        ...current,
        status: {
          ...current.status,
          conditions: withCondition(current.status?.conditions, condition, formatTime(clock.now())),
        },
      }),
      { subresource: "status" },
    );
    events.record(pod, "Warning", "FailedScheduling", message, schedulerName);
  }

  return {
    name: "scheduler",
    watches: [
      { type: pods, keys: podKeys },
      { type: nodes, keys: () => [...waiting] },
    ],
    reconcile(key) {
      const { namespace = "", name } = splitKey(key);
      const pod = registry.store.get(pods, namespace, name);
      if (!pod || !isPlaceable(pod)) {
        waiting.delete(key);
        return;
      }
      const { node, reasons } = choose(pod);
      if (node === undefined) {
        waiting.add(key);
        markUnschedulable(pod, unschedulableMessage(reasons));
        return;
      }
      waiting.delete(key);
      const binding = { metadata: { name, uid: pod.metadata.uid }, target: { kind: "Node", name: node } };
      placements.place(bindPod(registry, namespace, name, binding));
      events.record(pod, "Normal", "Scheduled", `Successfully assigned ${key} to ${node}`, schedulerName);
    },
  };
}
