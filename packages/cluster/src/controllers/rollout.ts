import type { KubeObject } from "../api/objects.ts";
import { scaledValue } from "./scaled-value.ts";

/** How many replicas each ReplicaSet is to have, by name. */
export type RolloutPlan = ReadonlyMap<string, number>;

/**
 * The next step of a rollout: the new ReplicaSet grows within the surge, the old ones shrink as far as availability
 * allows, unhealthy replicas first. Repeated after every change it ends with the new ReplicaSet alone.
 */
export function planRollout(
  deployment: KubeObject,
  current: KubeObject,
  sets: readonly KubeObject[],
): RolloutPlan {
  const desired: number = deployment.spec.replicas;
  const old = sets.filter((set) => set.metadata.uid !== current.metadata.uid);
  if (deployment.spec.strategy?.type === "Recreate") return planRecreate(desired, current, old);
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, desired, Math.ceil);
  let unavailable = scaledValue(maxUnavailable, desired, Math.floor);
  // Both zero would never move: the API server's controller then takes one away first.
  if (surge === 0 && unavailable === 0) unavailable = 1;
  const plan = new Map<string, number>();
  const total = sets.reduce((sum, set) => sum + set.spec.replicas, 0);
  const room = desired + surge - total;
  const present: number = current.spec.replicas;
  const grown = present > desired ? desired : Math.min(desired, present + Math.max(0, room));
  plan.set(current.metadata.name, grown);
  shrinkOld(plan, desired - unavailable, total, current, old);
  return plan;
}

function shrinkOld(
  plan: Map<string, number>,
  needed: number,
  total: number,
  current: KubeObject,
  old: readonly KubeObject[],
): void {
  const missingNew = current.spec.replicas - (current.status?.availableReplicas ?? 0);
  let budget = total - needed - missingNew;
  for (const set of old) {
    // Replicas that do not work cost no availability.
    const broken = Math.max(0, set.spec.replicas - (set.status?.availableReplicas ?? 0));
    const dropped = Math.max(0, Math.min(broken, budget));
    plan.set(set.metadata.name, set.spec.replicas - dropped);
    budget -= dropped;
  }
  const available = [current, ...old].reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
  let spare = Math.min(budget, available - needed);
  for (const set of old) {
    const left = plan.get(set.metadata.name) ?? 0;
    const dropped = Math.max(0, Math.min(left, spare));
    plan.set(set.metadata.name, left - dropped);
    spare -= dropped;
  }
}

function planRecreate(desired: number, current: KubeObject, old: readonly KubeObject[]): RolloutPlan {
  const running = old.some((set) => set.spec.replicas > 0 || (set.status?.replicas ?? 0) > 0);
  return new Map([
    ...old.map((set): [string, number] => [set.metadata.name, 0]),
    [current.metadata.name, running ? current.spec.replicas : desired],
  ]);
}
