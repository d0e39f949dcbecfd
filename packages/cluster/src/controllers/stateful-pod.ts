import { clone, type Json, type KubeObject } from "../api/objects.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { revisionLabel } from "./controller-revisions.ts";
import { controllerReference } from "./owner.ts";
import { podFromTemplate } from "./pod-control.ts";

/** The number at the end of a StatefulSet's pod name; undefined for a pod that is not named by its set. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const { name } = pod.metadata;
  const text = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** First and last ordinal that a set asks for; the last is before the first when it asks for none. */
export function ordinalRange(set: KubeObject): { readonly first: number; readonly last: number } {
  const first: number = set.spec.ordinals?.start ?? 0;
  return { first, last: first + set.spec.replicas - 1 };
}

function claimName(claim: Json, pod: string): string {
  return `${claim.metadata.name}-${pod}`;
}

/** The claims of one pod: those of the set's templates, named after template and pod. */
export function claimsOf(set: KubeObject, podName: string): KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template: Json) => ({
    ...clone(template),
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      ...clone(template.metadata),
      name: claimName(template, podName),
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }));
}

/** The pod of an ordinal as the StatefulSet controller makes it: with a name, a host name and claims of its own. */
export function statefulPod(
  type: ResourceType,
  set: KubeObject,
  template: Json,
  revision: string,
  ordinal: number,
): KubeObject {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(template, { name });
  pod.metadata.generateName = `${set.metadata.name}-`;
  pod.metadata.labels = {
    ...pod.metadata.labels,
    "statefulset.kubernetes.io/pod-name": name,
    "apps.kubernetes.io/pod-index": String(ordinal),
    [revisionLabel]: revision,
  };
  pod.metadata.ownerReferences = [controllerReference(type, set)];
  pod.spec.hostname = name;
  if (set.spec.serviceName) pod.spec.subdomain = set.spec.serviceName;
  const claims: Json[] = set.spec.volumeClaimTemplates ?? [];
  if (claims.length === 0) return pod;
  const own = claims.map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(claim, name) },
  }));
  const others = (pod.spec.volumes ?? []).filter(
    (volume: Json) => !claims.some((claim) => claim.metadata.name === volume.name),
  );
  pod.spec.volumes = [...own, ...others];
  return pod;
}
