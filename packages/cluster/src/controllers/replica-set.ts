import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import { type LabelSelector, selectsLabels } from "../selectors/label-selector.ts";
import { claimantKeys, claimDependents } from "./claim-dependents.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { inDeletionOrder } from "./deletion-order.ts";
import { PodControl, podFromTemplate } from "./pod-control.ts";
import { isActivePod, isAvailablePod, isReadyPod, isTerminatingPod } from "./pod-facts.ts";

const burst = 500;

const kinds = {
  ReplicaSet: { group: "apps", plural: "replicasets", component: "replicaset-controller" },
  ReplicationController: { group: "", plural: "replicationcontrollers", component: "replication-controller" },
} as const;

/** Keeps as many pods as a ReplicaSet, or its older form, asks for. */
export function replicaSetController(context: ControllerContext, kind: keyof typeof kinds): Controller {
  const { registry, clock } = context;
  const { group, plural, component } = kinds[kind];
  const type = registry.types.require(group, plural);
  const pods = registry.types.require("", "pods");
  const control = new PodControl(context, type, component);

  function selectorOf({ spec }: KubeObject): LabelSelector | undefined {
    return kind === "ReplicaSet" ? spec.selector : spec.selector && { matchLabels: spec.selector };
  }

  function scale(set: KubeObject, active: readonly KubeObject[]): void {
    const missing = set.spec.replicas - active.length;
    for (let count = 0; count < Math.min(missing, burst); count += 1)
      control.create(set, podFromTemplate(set.spec.template, { generateName: `${set.metadata.name}-` }));
    const surplus = inDeletionOrder(active, active).slice(0, Math.min(burst, Math.max(0, -missing)));
    for (const pod of surplus) control.delete(set, pod);
  }

  function owned(set: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(pods, "controller", set.metadata.uid ?? "") ?? [];
  }

  function claim(set: KubeObject): readonly KubeObject[] {
    const claimant = { type, object: set, selector: selectorOf(set) };
    return claimDependents(registry, claimant, pods, { adopts: isActivePod }).filter(isActivePod);
  }

  function writeStatus(set: KubeObject, failure: StatusError | undefined): number | undefined {
    const active = owned(set).filter(isActivePod);
    const ready = active.filter(isReadyPod);
    const now = clock.now();
    const wait = set.spec.minReadySeconds ?? 0;
    const available = ready.filter((pod) => isAvailablePod(pod, wait, now)).length;
    const labels = set.spec.template?.metadata?.labels ?? {};
    const labelled = active.filter((pod) => selectsLabels({ matchLabels: labels }, pod.metadata.labels));
    const counts = {
      fullyLabeledReplicas: labelled.length,
      readyReplicas: ready.length,
      availableReplicas: available,
    };
    const refusal = refusalOf(set, active.length, failure, formatTime(now));
    const status = {
      replicas: active.length,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
      observedGeneration: set.metadata.generation,
      ...(kind === "ReplicaSet" ? { terminatingReplicas: owned(set).filter(isTerminatingPod).length } : {}),
      ...(refusal ? { conditions: [refusal] } : {}),
    };
    const { namespace, name } = set.metadata;
    registry.mutate(type, namespace, name, (current) => ({ ...current, status }), { subresource: "status" });
    return available < ready.length ? 1000 : undefined;
  }

  function reconcile(set: KubeObject): number | undefined {
    const active = claim(set);
    let failure: StatusError | undefined;
    try {
      if (!set.metadata.deletionTimestamp) scale(set, active);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      failure = error;
    }
    const again = writeStatus(set, failure);
    if (failure) throw failure;
    return again;
  }

  return {
    name: kind.toLowerCase(),
    watches: [
      { type, keys: ({ object }) => [keyOf(object)] },
      { type: pods, keys: (change) => claimantKeys(registry, type, change, selectorOf) },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const set = registry.store.get(type, namespace, name);
      return set && reconcile(set);
    },
  };
}

/** The condition that says that pods are refused; one that holds already keeps its time. */
function refusalOf(set: KubeObject, active: number, failure: StatusError | undefined, time: string): Json {
  if (!failure) return undefined;
  const held = (set.status?.conditions ?? []).find(({ type }: Json) => type === "ReplicaFailure");
  if (held) return held;
  const reason = set.spec.replicas < active ? "FailedDelete" : "FailedCreate";
  return {
    type: "ReplicaFailure",
    status: "True",
    reason,
    message: failure.message,
    lastTransitionTime: time,
  };
}
