import { clone, type Json, type KubeObject } from "../api/objects.ts";
import { selectsLabels } from "../selectors/label-selector.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { controllerOf, controllerReference } from "./owner.ts";
import { isActivePod, isAvailablePod, isReadyPod } from "./pod-facts.ts";

const burst = 500;

/** Makes the pod of a template. */
export function podFromTemplate(
  template: Json,
  name: { readonly generateName: string } | { readonly name: string },
): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: clone({
      name: "",
      ...name,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
    }),
    spec: clone(template.spec),
  };
}

/** Pods that cost least to lose come first: unbound, pending, not ready, young. */
function deletionOrder(left: KubeObject, right: KubeObject): number {
  const rank = (pod: KubeObject) =>
    (pod.spec.nodeName ? 4 : 0) + (pod.status?.phase === "Running" ? 2 : 0) + (isReadyPod(pod) ? 1 : 0);
  const young = (right.metadata.creationTimestamp ?? "") < (left.metadata.creationTimestamp ?? "") ? -1 : 1;
  return rank(left) - rank(right) || young;
}

const kinds = {
  ReplicaSet: { group: "apps", plural: "replicasets", component: "replicaset-controller" },
  ReplicationController: { group: "", plural: "replicationcontrollers", component: "replication-controller" },
} as const;

/** Keeps as many pods as a ReplicaSet, or its older form, asks for. Pods of nobody are not adopted. */
export function replicaSetController(context: ControllerContext, kind: keyof typeof kinds): Controller {
  const { registry, clock, events } = context;
  const { group, plural, component } = kinds[kind];
  const type = registry.types.require(group, plural);
  const pods = registry.types.require("", "pods");

  function scale(set: KubeObject, active: readonly KubeObject[]): void {
    const missing = set.spec.replicas - active.length;
    for (let count = 0; count < Math.min(missing, burst); count += 1) {
      const pod = podFromTemplate(set.spec.template, { generateName: `${set.metadata.name}-` });
      pod.metadata.ownerReferences = [controllerReference(type, set)];
      const created = registry.create(pods, set.metadata.namespace, pod);
      events.record(set, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`, component);
    }
    const surplus = [...active].sort(deletionOrder).slice(0, Math.max(0, -missing));
    for (const pod of surplus) {
      registry.delete(pods, pod.metadata.namespace, pod.metadata.name);
      events.record(set, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`, component);
    }
  }

  function owned(set: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(pods, "controller", set.metadata.uid ?? "") ?? [];
  }

  function writeStatus(set: KubeObject): number | undefined {
    const now = clock.now();
    const wait = set.spec.minReadySeconds ?? 0;
    const active = owned(set).filter(isActivePod);
    const ready = active.filter(isReadyPod);
    const available = ready.filter((pod) => isAvailablePod(pod, wait, now)).length;
    const labels = set.spec.template?.metadata?.labels;
    const labelled = active.filter((pod) =>
      selectsLabels({ matchLabels: labels ?? {} }, pod.metadata.labels),
    ).length;
    registry.mutate(
      type,
      set.metadata.namespace,
      set.metadata.name,
      (current) => ({
        ...current,
        status: {
          ...current.status,
          replicas: active.length,
          fullyLabeledReplicas: labelled,
          readyReplicas: ready.length,
          availableReplicas: available,
          observedGeneration: set.metadata.generation,
        },
      }),
      { subresource: "status" },
    );
    return available < ready.length ? 1000 : undefined;
  }

  return {
    name: kind.toLowerCase(),
    watches: [
      { type, keys: ({ object }) => [keyOf(object)] },
      {
        type: pods,
        keys: ({ object }) => {
          const owner = controllerOf(object);
          return owner?.kind === kind ? [`${object.metadata.namespace}/${owner.name}`] : [];
        },
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const set = registry.store.get(type, namespace, name);
      if (!set) return undefined;
      if (!set.metadata.deletionTimestamp) scale(set, owned(set).filter(isActivePod));
      return writeStatus(set);
    },
  };
}
