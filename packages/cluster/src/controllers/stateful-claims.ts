import { jsonEqual, type KubeObject, type OwnerReference } from "../api/objects.ts";
import type { ControllerContext } from "./controller.ts";
import { controllerReference } from "./owner.ts";
import { claimsOf, ordinalOf, ordinalRange } from "./stateful-pod.ts";

/**
 * The claims of StatefulSets: made before their pod, kept by default, owned by the set or by a pod that is scaled away
 * where the retention policy says Delete, so that garbage collection takes them along.
 */
export class StatefulClaims {
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  create(set: KubeObject, podName: string, component: string): void {
    const { registry, events } = this.#context;
    const type = registry.types.require("", "persistentvolumeclaims");
    for (const claim of claimsOf(set, podName)) {
      if (registry.store.get(type, set.metadata.namespace, claim.metadata.name)) continue;
      registry.create(type, set.metadata.namespace, claim);
      const message = `create Claim ${claim.metadata.name} Pod ${podName} in StatefulSet ${set.metadata.name} success`;
      events.record(set, "Normal", "SuccessfulCreate", message, component);
    }
  }

  /** Gives the claims of a pod the owner that the retention policy calls for. */
  setOwners(set: KubeObject, pod: KubeObject): void {
    const { registry } = this.#context;
    const type = registry.types.require("", "persistentvolumeclaims");
    const owner = this.#ownerOf(set, pod);
    for (const { metadata } of claimsOf(set, pod.metadata.name)) {
      const claim = registry.store.get(type, set.metadata.namespace, metadata.name);
      if (!claim) continue;
      const before = claim.metadata.ownerReferences ?? [];
      const others = before.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid);
      const next = [...others, ...(owner ? [owner] : [])];
      if (jsonEqual(next, before)) continue;
      registry.mutate(type, set.metadata.namespace, metadata.name, (current) => {
        current.metadata.ownerReferences = next;
        return current;
      });
    }
  }

  #ownerOf(set: KubeObject, pod: KubeObject): OwnerReference | undefined {
    const { types } = this.#context.registry;
    const { whenScaled, whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
    const { first, last } = ordinalRange(set);
    const ordinal = ordinalOf(set, pod) ?? -1;
    const scaledAway = ordinal < first || ordinal > last;
    if (whenScaled === "Delete" && scaledAway) return controllerReference(types.require("", "pods"), pod);
    return whenDeleted === "Delete"
      ? controllerReference(types.require("apps", "statefulsets"), set)
      : undefined;
  }
}
