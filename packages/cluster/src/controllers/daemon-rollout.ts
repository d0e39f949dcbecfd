import type { KubeObject } from "../api/objects.ts";
import { revisionLabel } from "./controller-revisions.ts";
import { daemonPlacement } from "./daemon-pod.ts";
import { scaledValue } from "./scaled-value.ts";

/** What one step of a rolling update does. */
export interface DaemonRollout {
  readonly remove: readonly KubeObject[];
  /** Names of nodes that get a new pod beside the old one. */
  readonly surge: readonly string[];
}

/** What a step is planned from. */
export interface DaemonState {
  readonly set: KubeObject;
  readonly hash: string;
  readonly nodes: readonly KubeObject[];
  /** The pods of each node; nodes without any may be missing. */
  readonly podsOf: ReadonlyMap<string, readonly KubeObject[]>;
  isAvailable(pod: KubeObject): boolean;
}

interface Pair {
  readonly node: KubeObject;
  readonly fresh: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  /** More than one pod of the same side: to be cleared up first. */
  readonly crowded: boolean;
}

function pairsOf({ nodes, podsOf, hash }: DaemonState): Pair[] {
  return nodes.flatMap((node) => {
    const found = podsOf.get(node.metadata.name);
    if (!found) return [];
    const pods = found.filter((pod) => !pod.metadata.deletionTimestamp);
    const fresh = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === hash);
    const old = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] !== hash);
    return [{ node, fresh: fresh[0], old: old[0], crowded: fresh.length > 1 || old.length > 1 }];
  });
}

/** The next step of a DaemonSet's rolling update, within `maxUnavailable` or `maxSurge`. */
export function planDaemonRollout(state: DaemonState): DaemonRollout {
  const desired = state.nodes.filter((node) => daemonPlacement(state.set, node).shouldRun).length;
  const { maxUnavailable, maxSurge } = state.set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge ?? 0, desired, Math.ceil);
  if (surge > 0) return planSurge(state, surge);
  // A share that rounds to nothing would never move.
  return planReplacement(state, Math.max(1, scaledValue(maxUnavailable ?? 1, desired, Math.ceil)));
}

function planReplacement(state: DaemonState, maxUnavailable: number): DaemonRollout {
  const useless: KubeObject[] = [];
  const candidates: KubeObject[] = [];
  let unavailable = 0;
  for (const { fresh, old, crowded } of pairsOf(state)) {
    if (!crowded && old && !fresh) {
      if (state.isAvailable(old)) {
        candidates.push(old);
        continue;
      }
      useless.push(old);
      unavailable += 1;
    } else if (crowded || !fresh || old || !state.isAvailable(fresh)) {
      unavailable += 1;
    }
  }
  return {
    remove: [...useless, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
    surge: [],
  };
}

function planSurge(state: DaemonState, maxSurge: number): DaemonRollout {
  const remove: KubeObject[] = [];
  const needed: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const { node, fresh, old, crowded } of pairsOf(state)) {
    if (crowded) surging += 1;
    if (crowded || !old) continue;
    const { name } = node.metadata;
    if (fresh) {
      if (state.isAvailable(fresh)) remove.push(old);
      else surging += 1;
    } else if (!daemonPlacement(state.set, node).shouldRun) {
      // Nothing can come beside it there: it goes when the rest of the set is up.
      if (!state.isAvailable(old)) remove.push(old);
    } else if (state.isAvailable(old)) candidates.push(name);
    else needed.push(name);
  }
  return { remove, surge: [...needed, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}
