import type { Json, KubeObject } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";

/** The kinds of object that a node may read because one of its pods refers to them. */
export type RelatedKind = "secrets" | "configmaps" | "persistentvolumeclaims" | "serviceaccounts";

const mirrorAnnotation = "kubernetes.io/config.mirror";

function containersOf({ spec }: KubeObject): Json[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function volumeSources({ spec }: KubeObject): Json[] {
  return (spec.volumes ?? []).flatMap((volume: Json) => [volume, ...(volume.projected?.sources ?? [])]);
}

function secretsOf(pod: KubeObject): (string | undefined)[] {
  const pulls = (pod.spec.imagePullSecrets ?? []).map(({ name }: Json) => name);
  const variables = containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }: Json) => valueFrom?.secretKeyRef?.name),
    ...envFrom.map(({ secretRef }: Json) => secretRef?.name),
  ]);
  const volumes = volumeSources(pod).map(({ secret }) => secret?.secretName ?? secret?.name);
  return [...pulls, ...variables, ...volumes];
}

function configMapsOf(pod: KubeObject): (string | undefined)[] {
  const variables = containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }: Json) => valueFrom?.configMapKeyRef?.name),
    ...envFrom.map(({ configMapRef }: Json) => configMapRef?.name),
  ]);
  return [...variables, ...volumeSources(pod).map(({ configMap }) => configMap?.name)];
}

function claimsOf(pod: KubeObject): (string | undefined)[] {
  return (pod.spec.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }: Json) =>
    ephemeral ? `${pod.metadata.name}-${name}` : persistentVolumeClaim?.claimName,
  );
}

const references: Readonly<Record<RelatedKind, (pod: KubeObject) => (string | undefined)[]>> = {
  secrets: secretsOf,
  configmaps: configMapsOf,
  persistentvolumeclaims: claimsOf,
  serviceaccounts: (pod) => [pod.spec.serviceAccountName],
};

/** The pods that run on a node, but for those that only mirror what it runs by itself. */
export function podsOfNode(registry: Registry, node: string): KubeObject[] {
  const pods = registry.types.require("", "pods");
  const bound = registry.store.listIndexed(pods, "spec.nodeName", node) ?? [];
  return bound.filter(({ metadata }) => metadata.annotations?.[mirrorAnnotation] === undefined);
}

/** Whether a pod of the node refers to an object. */
export function isRelated(
  registry: Registry,
  node: string,
  kind: RelatedKind,
  namespace: string | undefined,
  name: string,
): boolean {
  return podsOfNode(registry, node).some(
    (pod) => pod.metadata.namespace === namespace && references[kind](pod).includes(name),
  );
}
