import { clone, formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { claimantKeys, claimDependents } from "./claim-dependents.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { controllerReference } from "./owner.ts";
import { withCondition } from "./pod-facts.ts";
import { planRollout, type RolloutPlan } from "./rollout.ts";
import { templateHash } from "./template-hash.ts";

const hashLabel = "pod-template-hash";
const revisionAnnotation = "deployment.kubernetes.io/revision";
const component = "deployment-controller";

function withoutHash(template: Json): Json {
  const copy = clone(template);
  if (copy.metadata?.labels) delete copy.metadata.labels[hashLabel];
  return copy;
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
}

function sum(sets: readonly KubeObject[], value: (set: KubeObject) => number | undefined): number {
  return sets.reduce((total, set) => total + (value(set) ?? 0), 0);
}

/** Rolls Deployments out: a ReplicaSet for each template, the new one scaled up as the old ones are scaled down. */
export function deploymentController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("apps", "deployments");
  const replicaSets = registry.types.require("apps", "replicasets");

  function claim(deployment: KubeObject): readonly KubeObject[] {
    const claimant = { type, object: deployment, selector: deployment.spec.selector };
    return claimDependents(registry, claimant, replicaSets);
  }

  function owned(deployment: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(replicaSets, "controller", deployment.metadata.uid ?? "") ?? [];
  }

  function createSet(deployment: KubeObject, revision: number): KubeObject {
    const hash = templateHash(deployment.spec.template);
    const template = clone(deployment.spec.template);
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [hashLabel]: hash } };
    const selector = clone(deployment.spec.selector);
    selector.matchLabels = { ...selector.matchLabels, [hashLabel]: hash };
    const { name, namespace, annotations } = deployment.metadata;
    const { "kubectl.kubernetes.io/last-applied-configuration": _applied, ...kept } = annotations ?? {};
    return registry.create(replicaSets, namespace, {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `${name}-${hash}`,
        labels: { ...template.metadata.labels },
        annotations: { ...kept, [revisionAnnotation]: String(revision) },
        ownerReferences: [controllerReference(type, deployment)],
      },
      spec: { replicas: 0, selector, template, minReadySeconds: deployment.spec.minReadySeconds ?? 0 },
    });
  }

  /** The ReplicaSet of the present template, with the highest revision of all. */
  function currentSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
    const latest = Math.max(0, ...sets.map(revisionOf));
    const found = sets.find((set) => jsonEqual(withoutHash(set.spec.template), deployment.spec.template));
    if (!found) return deployment.spec.paused ? undefined : createSet(deployment, latest + 1);
    if (revisionOf(found) === latest) return found;
    return registry.mutate(replicaSets, found.metadata.namespace, found.metadata.name, (set) => {
      set.metadata.annotations = { ...set.metadata.annotations, [revisionAnnotation]: String(latest + 1) };
      return set;
    });
  }

  function markRevision(deployment: KubeObject, set: KubeObject): void {
    registry.mutate(type, deployment.metadata.namespace, deployment.metadata.name, (current) => {
      current.metadata.annotations = {
        ...current.metadata.annotations,
        [revisionAnnotation]: String(revisionOf(set)),
      };
      return current;
    });
  }

  function scaleSet(deployment: KubeObject, set: KubeObject, replicas: number): void {
    const before = set.spec.replicas;
    if (before === replicas) return;
    registry.mutate(replicaSets, set.metadata.namespace, set.metadata.name, (current) => {
      current.spec.replicas = replicas;
      return current;
    });
    const direction = replicas > before ? "up" : "down";
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    events.record(deployment, "Normal", "ScalingReplicaSet", message, component);
  }

  function applyPlan(deployment: KubeObject, sets: readonly KubeObject[], plan: RolloutPlan): void {
    for (const set of sets) {
      const replicas = plan.get(set.metadata.name);
      if (replicas !== undefined) scaleSet(deployment, set, replicas);
    }
  }

  /** Forgets old revisions that run nothing any more. */
  function cleanUp(deployment: KubeObject, old: readonly KubeObject[]): void {
    const idle = old.filter(
      (set) => set.spec.replicas === 0 && !set.status?.replicas && !set.metadata.deletionTimestamp,
    );
    const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
    const oldest = [...idle]
      .sort((left, right) => revisionOf(left) - revisionOf(right))
      .slice(0, Math.max(0, surplus));
    for (const set of oldest) registry.delete(replicaSets, set.metadata.namespace, set.metadata.name);
  }

  function writeStatus(deployment: KubeObject, current: KubeObject | undefined): void {
    const sets = owned(deployment);
    const latest = current && sets.find((set) => set.metadata.uid === current.metadata.uid);
    registry.mutate(
      type,
      deployment.metadata.namespace,
      deployment.metadata.name,
      (object) => ({ ...object, status: deploymentStatus(object, sets, latest, formatTime(clock.now())) }),
      { subresource: "status" },
    );
  }

  return {
    name: "deployment",
    watches: [
      { type, keys: ({ object }) => [keyOf(object)] },
      { type: replicaSets, keys: (change) => claimantKeys(registry, type, change) },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const deployment = registry.store.get(type, namespace, name);
      if (!deployment) return;
      const current = deployment.metadata.deletionTimestamp
        ? undefined
        : currentSet(deployment, claim(deployment));
      if (current) {
        markRevision(deployment, current);
        const sets = owned(deployment);
        if (!deployment.spec.paused) applyPlan(deployment, sets, planRollout(deployment, current, sets));
        cleanUp(
          deployment,
          owned(deployment).filter((set) => set.metadata.uid !== current.metadata.uid),
        );
      }
      writeStatus(deployment, current);
    },
  };
}

function deploymentStatus(
  deployment: KubeObject,
  sets: readonly KubeObject[],
  latest: KubeObject | undefined,
  time: string,
): Json {
  const desired: number = deployment.spec.replicas;
  const replicas = sum(sets, (set) => set.status?.replicas);
  const available = sum(sets, (set) => set.status?.availableReplicas);
  const updated = latest?.status?.replicas ?? 0;
  const counts = {
    replicas,
    updatedReplicas: updated,
    readyReplicas: sum(sets, (set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, Math.max(replicas, desired) - available),
  };
  const filled = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const complete = updated === desired && replicas === desired && available === desired;
  const progress = complete
    ? {
        reason: "NewReplicaSetAvailable",
        message: `ReplicaSet "${latest?.metadata.name}" has successfully progressed.`,
      }
    : { reason: "ReplicaSetUpdated", message: `ReplicaSet "${latest?.metadata.name}" is progressing.` };
  const enough = available >= desired - maximumUnavailable(deployment);
  const availability = enough
    ? { status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
    : {
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  let conditions = withCondition(
    deployment.status?.conditions,
    { type: "Available", ...availability, lastUpdateTime: time },
    time,
  );
  if (latest)
    conditions = withCondition(
      conditions,
      { type: "Progressing", status: "True", ...progress, lastUpdateTime: time },
      time,
    );
  return {
    observedGeneration: deployment.metadata.generation,
    ...filled,
    terminatingReplicas: sum(sets, (set) => set.status?.terminatingReplicas),
    conditions: keepUpdateTimes(deployment.status?.conditions, conditions),
  };
}

/** An update time is news only when something else of the condition is. */
function keepUpdateTimes(before: Json[] | undefined, conditions: Json[]): Json[] {
  return conditions.map((condition) => {
    const old = before?.find((entry) => entry.type === condition.type);
    const unchanged = old && jsonEqual({ ...old, lastUpdateTime: "" }, { ...condition, lastUpdateTime: "" });
    return unchanged ? old : condition;
  });
}

function maximumUnavailable(deployment: KubeObject): number {
  const value = deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? 0;
  return typeof value === "number"
    ? value
    : Math.floor((Number.parseInt(value, 10) * deployment.spec.replicas) / 100);
}
