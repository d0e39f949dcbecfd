import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { claimantKeys, claimDependents } from "./claim-dependents.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { ControllerRevisions, revisionLabel, templateOf } from "./controller-revisions.ts";
import { isAvailablePod, isFinishedPod, isReadyPod } from "./pod-facts.ts";
import { StatefulClaims } from "./stateful-claims.ts";
import { ordinalOf, ordinalRange, statefulPod } from "./stateful-pod.ts";

const component = "statefulset-controller";

interface Revisions {
  readonly current: KubeObject;
  readonly update: KubeObject;
}

function isRunningAndReady(pod: KubeObject): boolean {
  return pod.status?.phase === "Running" && isReadyPod(pod);
}

/**
 * Keeps the pods of StatefulSets: each has a name and claims that outlive it. Ordered sets grow from the first ordinal
 * and shrink from the last, one pod at a time; updates go from the last ordinal down to the partition.
 */
export function statefulSetController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("apps", "statefulsets");
  const pods = registry.types.require("", "pods");
  const history = new ControllerRevisions(registry, type);
  const claims = new StatefulClaims(context);

  function owned(set: KubeObject): KubeObject[] {
    return [...(registry.store.listIndexed(pods, "controller", set.metadata.uid ?? "") ?? [])];
  }

  function isAvailable(set: KubeObject, pod: KubeObject): boolean {
    return isRunningAndReady(pod) && isAvailablePod(pod, set.spec.minReadySeconds ?? 0, clock.now());
  }

  function isUnavailable(set: KubeObject, pod: KubeObject): boolean {
    return !isAvailable(set, pod) || pod.metadata.deletionTimestamp !== undefined;
  }

  function create(set: KubeObject, revisions: Revisions, ordinal: number): void {
    const { partition } = set.spec.updateStrategy?.rollingUpdate ?? {};
    const old = partition !== undefined && ordinal < ordinalRange(set).first + partition;
    const revision = old ? revisions.current : revisions.update;
    const pod = statefulPod(type, set, templateOf(revision), revision.metadata.name, ordinal);
    claims.create(set, pod.metadata.name, component);
    registry.create(pods, set.metadata.namespace, pod);
    const message = `create Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    events.record(set, "Normal", "SuccessfulCreate", message, component);
  }

  function remove(set: KubeObject, pod: KubeObject): void {
    registry.delete(pods, pod.metadata.namespace, pod.metadata.name);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    events.record(set, "Normal", "SuccessfulDelete", message, component);
  }

  /** Brings one wanted pod closer to what it should be; true when an ordered set has to wait for it. */
  function processReplica(
    set: KubeObject,
    revisions: Revisions,
    ordinal: number,
    pod: KubeObject | undefined,
  ): boolean {
    if (!pod) {
      create(set, revisions, ordinal);
      return true;
    }
    if (isFinishedPod(pod)) {
      // The next pod of the name is made once this one is gone.
      if (!pod.metadata.deletionTimestamp) remove(set, pod);
      return true;
    }
    if (pod.status?.phase === "Pending") claims.create(set, pod.metadata.name, component);
    if (isUnavailable(set, pod)) return true;
    claims.setOwners(set, pod);
    return false;
  }

  function processCondemned(
    set: KubeObject,
    pod: KubeObject,
    firstUnavailable: KubeObject | undefined,
  ): boolean {
    if (pod.metadata.deletionTimestamp) return true;
    // An ordered set shrinks only while it is healthy, but for the pod that is the reason it is not.
    if (isOrdered(set) && !isAvailable(set, pod) && pod !== firstUnavailable) return true;
    remove(set, pod);
    return true;
  }

  /** Replaces the pod with the highest ordinal that is of an old revision, once those above it are available. */
  function update(
    set: KubeObject,
    replicas: readonly (KubeObject | undefined)[],
    revision: KubeObject,
  ): void {
    if (set.spec.updateStrategy?.type === "OnDelete") return;
    const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (const pod of replicas.slice(partition).reverse()) {
      if (!pod) return;
      if (
        pod.metadata.labels?.[revisionLabel] !== revision.metadata.name &&
        !pod.metadata.deletionTimestamp
      ) {
        remove(set, pod);
        return;
      }
      if (isUnavailable(set, pod)) return;
    }
  }

  function manage(set: KubeObject, revisions: Revisions): void {
    const { first, last } = ordinalRange(set);
    const byOrdinal = new Map(owned(set).map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
    const wanted = Array.from({ length: set.spec.replicas }, (_, index) => first + index);
    const condemned = [...byOrdinal]
      .filter(([ordinal]) => ordinal >= 0 && (ordinal < first || ordinal > last))
      .sort(([left], [right]) => right - left)
      .map(([, pod]) => pod);
    const present = wanted.map((ordinal) => byOrdinal.get(ordinal));
    const firstUnavailable = [...present, ...[...condemned].reverse()].find(
      (pod) => pod === undefined || isUnavailable(set, pod),
    );
    for (const ordinal of wanted) {
      if (processReplica(set, revisions, ordinal, byOrdinal.get(ordinal)) && isOrdered(set)) return;
    }
    for (const pod of condemned) claims.setOwners(set, pod);
    for (const pod of condemned) {
      if (processCondemned(set, pod, firstUnavailable) && isOrdered(set)) return;
    }
    update(set, present, revisions.update);
  }

  function writeStatus(set: KubeObject, revisions: Revisions): void {
    const status = statusOf(set, owned(set), revisions, (pod) => isAvailable(set, pod));
    if (jsonEqual(status, set.status)) return;
    registry.mutate(type, set.metadata.namespace, set.metadata.name, (current) => ({ ...current, status }), {
      subresource: "status",
    });
  }

  return {
    name: "statefulset",
    watches: [
      { type, keys: ({ object, deleted }) => (deleted ? [] : [keyOf(object)]) },
      { type: pods, keys: (change) => claimantKeys(registry, type, change) },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const set = registry.store.get(type, namespace, name);
      if (!set) return undefined;
      const adopts = (pod: KubeObject) => ordinalOf(set, pod) !== undefined;
      claimDependents(registry, { type, object: set, selector: set.spec.selector }, pods, { adopts });
      const newest = history.current(set);
      const current = history.list(set).find(({ metadata }) => metadata.name === set.status?.currentRevision);
      const revisions = { update: newest, current: current ?? newest };
      if (!set.metadata.deletionTimestamp) manage(set, revisions);
      writeStatus(set, revisions);
      const used = owned(set).map((pod) => pod.metadata.labels?.[revisionLabel] ?? "");
      history.trim(set, new Set([...used, newest.metadata.name, revisions.current.metadata.name]));
      const waiting = owned(set).some((pod) => isRunningAndReady(pod) && !isAvailable(set, pod));
      return waiting ? 1000 : undefined;
    },
  };
}

function isOrdered(set: KubeObject): boolean {
  return set.spec.podManagementPolicy !== "Parallel";
}

function statusOf(
  set: KubeObject,
  pods: readonly KubeObject[],
  { current, update }: Revisions,
  isAvailable: (pod: KubeObject) => boolean,
): Json {
  const ofRevision = (revision: KubeObject) =>
    pods.filter(
      ({ metadata }) =>
        !metadata.deletionTimestamp && metadata.labels?.[revisionLabel] === revision.metadata.name,
    ).length;
  const readyReplicas = pods.filter(isRunningAndReady).length;
  const updatedReplicas = ofRevision(update);
  const { replicas: desired, updateStrategy } = set.spec;
  const complete =
    updateStrategy?.type === "RollingUpdate" &&
    [updatedReplicas, readyReplicas, pods.length].every((count) => count === desired);
  const counts = {
    readyReplicas,
    currentReplicas: complete ? updatedReplicas : ofRevision(current),
    updatedReplicas,
  };
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    currentRevision: (complete ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: 0,
    availableReplicas: pods.filter(isAvailable).length,
  };
}
