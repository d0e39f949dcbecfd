import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import type { ControllerContext } from "./controller.ts";
import { readyCondition } from "./node-taints.ts";

const gracePeriodMs = 50_000;
const startupGraceMs = 60_000;
/** Conditions that become unknown with their node. */
const lifeConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

interface Sight {
  readonly uid: string | undefined;
  readonly heartbeat: string | undefined;
  readonly renewTime: string | undefined;
  readonly at: number;
}

/** When each node was last heard of, by this controller's own clock: nodes' clocks may be wrong. */
export class NodeHealth {
  readonly #context: ControllerContext;
  readonly #sights = new Map<string, Sight>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  forget(name: string): void {
    this.#sights.delete(name);
  }

  /** The node as it stands after a look: its conditions become Unknown when it has been silent for too long. */
  check(node: KubeObject): KubeObject {
    const grace = readyCondition(node) ? gracePeriodMs : startupGraceMs;
    const silent = this.#context.clock.now() - this.#lastHeard(node) > grace;
    return silent && readyCondition(node)?.status !== "Unknown" ? this.#markUnknown(node) : node;
  }

  #lastHeard(node: KubeObject): number {
    const { registry, clock } = this.#context;
    const { name, uid, creationTimestamp = "" } = node.metadata;
    const leases = registry.types.require("coordination.k8s.io", "leases");
    const renewTime = registry.store.get(leases, "kube-node-lease", name)?.spec?.renewTime;
    const ready = readyCondition(node);
    const heartbeat = ready && `${ready.lastHeartbeatTime}`;
    const last = this.#sights.get(name);
    const known = last?.uid === uid ? last : undefined;
    // A Lease that goes back in time is no sign of life, as in a real control plane.
    const before = known?.renewTime;
    const renewed =
      renewTime !== undefined && (before === undefined || Date.parse(`${renewTime}`) > Date.parse(before));
    const news = renewed || heartbeat !== known?.heartbeat;
    const first = ready ? clock.now() : Date.parse(creationTimestamp);
    const at = news ? clock.now() : (known?.at ?? first);
    this.#sights.set(name, { uid, heartbeat, renewTime: renewed ? `${renewTime}` : before, at });
    return at;
  }

  #markUnknown(node: KubeObject): KubeObject {
    const { registry, clock } = this.#context;
    const time = formatTime(clock.now());
    const type = registry.types.require("", "nodes");
    const { name, creationTimestamp } = node.metadata;
    const marked = registry.mutate(
      type,
      undefined,
      name,
      (current) => {
        const conditions = lifeConditions.reduce<Json[]>(
          (list, condition) => withUnknown(list, condition, creationTimestamp, time),
          current.status?.conditions ?? [],
        );
        return { ...current, status: { ...current.status, conditions } };
      },
      { subresource: "status" },
    );
    // The change to Unknown is our own and no sign of life.
    const last = this.#sights.get(name);
    if (last) this.#sights.set(name, { ...last, heartbeat: `${readyCondition(marked)?.lastHeartbeatTime}` });
    return marked;
  }
}

function withUnknown(conditions: Json[], type: string, created: string | undefined, time: string): Json[] {
  const old = conditions.find((entry) => entry.type === type);
  if (!old) {
    const news = { reason: "NodeStatusNeverUpdated", message: "Kubelet never posted node status." };
    return [
      ...conditions,
      { type, status: "Unknown", lastHeartbeatTime: created, lastTransitionTime: time, ...news },
    ];
  }
  if (old.status === "Unknown") return conditions;
  const news = { reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };
  const entry = { ...old, status: "Unknown", lastTransitionTime: time, ...news };
  return conditions.map((candidate) => (candidate === old ? entry : candidate));
}
