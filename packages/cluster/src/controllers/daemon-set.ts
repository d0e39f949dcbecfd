import { jsonEqual, type KubeObject } from "../api/objects.ts";
import { claimantKeys, claimDependents } from "./claim-dependents.ts";
import { type Controller, type ControllerContext, keyOf, type ObjectChange, splitKey } from "./controller.ts";
import { ControllerRevisions, revisionLabel } from "./controller-revisions.ts";
import { daemonNode, daemonPlacement, daemonPod } from "./daemon-pod.ts";
import { planDaemonRollout } from "./daemon-rollout.ts";
import { PodControl } from "./pod-control.ts";
import { isActivePod, isAvailablePod, isReadyPod } from "./pod-facts.ts";

const component = "daemonset-controller";
const firstBackoffMs = 1_000;
const longestBackoffMs = 15 * 60_000;

/** Bound pods first, then the oldest. */
function keepOrder(left: KubeObject, right: KubeObject): number {
  const rank = ({ spec, metadata }: KubeObject) =>
    `${spec.nodeName ? 0 : 1} ${metadata.creationTimestamp} ${metadata.name}`;
  return rank(left) < rank(right) ? -1 : 1;
}

/** Puts one pod of each DaemonSet on every node whose labels and taints let it, and takes it away where they do not. */
export function daemonSetController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("apps", "daemonsets");
  const pods = registry.types.require("", "pods");
  const nodes = registry.types.require("", "nodes");
  const control = new PodControl(context, type, component);
  const history = new ControllerRevisions(registry, type);
  /** Pods that fail on a node are replaced with growing delays. */
  const backoffs = new Map<string, { readonly since: number; readonly delay: number }>();

  /** What of each node decides about daemons: its heartbeats are no news. */
  const nodeSigns = new Map<string, string>();

  function nodeKeys({ deleted, object: node }: ObjectChange): string[] {
    const { name, labels } = node.metadata;
    const sign = deleted ? undefined : JSON.stringify([labels, node.spec]);
    if (sign === nodeSigns.get(name)) return [];
    if (sign === undefined) nodeSigns.delete(name);
    else nodeSigns.set(name, sign);
    return registry.store.list(type).map(keyOf);
  }

  function owned(set: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(pods, "controller", set.metadata.uid ?? "") ?? [];
  }

  function podsByNode(set: KubeObject): Map<string, KubeObject[]> {
    const result = new Map<string, KubeObject[]>();
    for (const pod of owned(set)) {
      const node = daemonNode(pod);
      if (node === undefined) continue;
      result.set(node, [...(result.get(node) ?? []), pod].sort(keepOrder));
    }
    return result;
  }

  function isAvailable(set: KubeObject, pod: KubeObject): boolean {
    return isAvailablePod(pod, set.spec.minReadySeconds ?? 0, clock.now());
  }

  function create(set: KubeObject, hash: string, node: string): void {
    control.create(set, daemonPod(set, hash, node));
  }

  function remove(set: KubeObject, pod: KubeObject): void {
    control.delete(set, pod);
  }

  /** Takes a pod that has ended away; returns how long to wait before that. */
  function replaceEnded(set: KubeObject, node: string, pod: KubeObject): number | undefined {
    const failed = pod.status.phase === "Failed";
    const key = `${set.metadata.uid} ${node}`;
    const before = backoffs.get(key);
    if (failed && before) {
      const left = before.since + before.delay - clock.now();
      if (left > 0) return left;
    }
    if (failed) {
      const delay = Math.min(longestBackoffMs, before ? before.delay * 2 : firstBackoffMs);
      backoffs.set(key, { since: clock.now(), delay });
    }
    const what = failed ? "failed" : "succeeded";
    const end = failed ? "will try to kill it" : "will try to delete it";
    const message = `Found ${what} daemon pod ${keyOf(pod)} on node ${node}, ${end}`;
    events.record(
      set,
      failed ? "Warning" : "Normal",
      failed ? "FailedDaemonPod" : "SucceededDaemonPod",
      message,
      component,
    );
    remove(set, pod);
    return undefined;
  }

  /** Of several pods on one node only one may stay, unless an update runs the new beside the old. */
  function removeExcess(set: KubeObject, hash: string, running: readonly KubeObject[]): void {
    const surges = Boolean(set.spec.updateStrategy?.rollingUpdate?.maxSurge);
    if (running.length < 2) return;
    if (!surges) {
      for (const pod of running.slice(1)) remove(set, pod);
      return;
    }
    const isFresh = (pod: KubeObject) => pod.metadata.labels?.[revisionLabel] === hash;
    const [fresh, ...moreFresh] = running.filter(isFresh);
    const [old, ...moreOld] = running.filter((pod) => !isFresh(pod));
    for (const pod of [...moreFresh, ...moreOld]) remove(set, pod);
    if (fresh && old && (!isReadyPod(old) || isAvailable(set, fresh))) remove(set, old);
  }

  function manage(set: KubeObject, hash: string): number | undefined {
    const byNode = podsByNode(set);
    let again: number | undefined;
    for (const node of registry.store.list(nodes)) {
      const { name } = node.metadata;
      const { shouldRun, mayStay } = daemonPlacement(set, node);
      const present = byNode.get(name) ?? [];
      if (present.length === 0) {
        if (shouldRun) create(set, hash, name);
        continue;
      }
      if (!mayStay) {
        for (const pod of present) if (!pod.metadata.deletionTimestamp) remove(set, pod);
        continue;
      }
      for (const pod of present) {
        if (pod.metadata.deletionTimestamp || isActivePod(pod)) continue;
        const wait = replaceEnded(set, name, pod);
        if (wait !== undefined) again = Math.min(again ?? wait, wait);
      }
      removeExcess(set, hash, present.filter(isActivePod));
    }
    return again;
  }

  function rollOut(set: KubeObject, hash: string): void {
    if (set.spec.updateStrategy?.type !== "RollingUpdate") return;
    const plan = planDaemonRollout({
      set,
      hash,
      nodes: registry.store.list(nodes),
      podsOf: podsByNode(set),
      isAvailable: (pod) => isAvailable(set, pod),
    });
    for (const pod of plan.remove) remove(set, pod);
    for (const node of plan.surge) create(set, hash, node);
  }

  function writeStatus(set: KubeObject, hash: string): boolean {
    const byNode = podsByNode(set);
    const placed = registry.store.list(nodes).map((node) => ({
      shouldRun: daemonPlacement(set, node).shouldRun,
      pod: byNode.get(node.metadata.name)?.[0],
    }));
    const wanted = placed.filter(({ shouldRun }) => shouldRun);
    const present = wanted.flatMap(({ pod }) => (pod ? [pod] : []));
    const ready = present.filter(isReadyPod);
    const available = ready.filter((pod) => isAvailable(set, pod)).length;
    const updated = present.filter((pod) => pod.metadata.labels?.[revisionLabel] === hash).length;
    const counts = {
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: wanted.length - available,
    };
    const status = {
      currentNumberScheduled: present.length,
      numberMisscheduled: placed.filter(({ shouldRun, pod }) => !shouldRun && pod).length,
      desiredNumberScheduled: wanted.length,
      numberReady: ready.length,
      observedGeneration: set.metadata.generation,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    };
    if (!jsonEqual(status, set.status)) {
      const { namespace, name } = set.metadata;
      registry.mutate(type, namespace, name, (current) => ({ ...current, status }), {
        subresource: "status",
      });
    }
    return available < ready.length;
  }

  return {
    name: "daemonset",
    watches: [
      { type, keys: ({ object, deleted }) => (deleted ? [] : [keyOf(object)]) },
      { type: nodes, keys: nodeKeys },
      { type: pods, keys: (change) => claimantKeys(registry, type, change) },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const set = registry.store.get(type, namespace, name);
      if (!set) return undefined;
      for (const known of backoffs.keys())
        if (!registry.store.get(nodes, undefined, known.slice(known.indexOf(" ") + 1)))
          backoffs.delete(known);
      claimDependents(registry, { type, object: set, selector: set.spec.selector }, pods);
      const revision = history.current(set);
      const hash = revision.metadata.labels?.[revisionLabel] ?? "";
      let again: number | undefined;
      if (!set.metadata.deletionTimestamp) {
        again = manage(set, hash);
        rollOut(set, hash);
      }
      const waiting = writeStatus(set, hash);
      const used = new Set(owned(set).map((pod) => pod.metadata.labels?.[revisionLabel]));
      const live = history
        .list(set)
        .filter(
          ({ metadata }) =>
            used.has(metadata.labels?.[revisionLabel]) || metadata.name === revision.metadata.name,
        );
      history.trim(set, new Set(live.map(({ metadata }) => metadata.name)));
      return waiting ? Math.min(again ?? 1000, 1000) : again;
    },
  };
}
