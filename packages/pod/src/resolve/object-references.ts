import type { Container, Pod, Volume } from "@vkubelet/core";
import { claimNameOf } from "../volumes/volume-checks.ts";

/** An object outside the pod that it names. */
export interface ObjectReference {
  /** ClusterTrustBundle and RuntimeClass belong to the cluster, all others to the pod's namespace. */
  readonly kind:
    | "ClusterTrustBundle"
    | "ConfigMap"
    | "PersistentVolumeClaim"
    | "ResourceClaim"
    | "ResourceClaimTemplate"
    | "RuntimeClass"
    | "Secret"
    | "ServiceAccount";
  readonly name: string;
  /** Whether the pod runs without it: true only where every use says so. Pull secrets are (pod-semantics U3). */
  readonly optional: boolean;
}

type Reference = Omit<ObjectReference, "name"> & { readonly name: string | undefined };

/** Every object that a pod names, ephemeral containers included: sorted by kind, then name, each once. */
export function objectReferences(pod: Pod): readonly ObjectReference[] {
  const spec = pod.spec;
  const containers = [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  const all: readonly Reference[] = [
    ...containers.flatMap(environmentReferences),
    ...(spec?.volumes ?? []).flatMap((volume) => volumeReferences(pod, volume)),
    ...(spec?.imagePullSecrets ?? []).map(({ name }) => ({ kind: "Secret" as const, name, optional: true })),
    ...claimReferences(pod),
    needed("RuntimeClass", spec?.runtimeClassName),
    needed("ServiceAccount", accountOf(pod)),
  ];
  const merged = new Map<string, ObjectReference>();
  for (const { kind, name, optional } of all) {
    if (!name) continue;
    const key = `${kind} ${name}`;
    merged.set(key, { kind, name, optional: optional && (merged.get(key)?.optional ?? true) });
  }
  return [...merged.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, found]) => found);
}

function needed(kind: ObjectReference["kind"], name: string | undefined, optional = false): Reference {
  return { kind, name, optional };
}

/** The account that the pod names, else the one whose token it asks for (U4). */
function accountOf({ spec }: Pod): string | undefined {
  const asksForToken = spec?.volumes?.some(({ projected }) =>
    projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken),
  );
  return spec?.serviceAccountName || spec?.serviceAccount || (asksForToken ? "default" : undefined);
}

function environmentReferences(container: Container): readonly Reference[] {
  return [
    ...(container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      needed("ConfigMap", configMapRef?.name, configMapRef?.optional),
      needed("Secret", secretRef?.name, secretRef?.optional),
    ]),
    ...(container.env ?? []).flatMap(({ valueFrom }) => [
      needed("ConfigMap", valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional),
      needed("Secret", valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional),
    ]),
  ];
}

function volumeReferences(pod: Pod, volume: Volume): readonly Reference[] {
  const { configMap, secret, projected } = volume;
  return [
    needed("ConfigMap", configMap?.name, configMap?.optional),
    needed("Secret", secret?.secretName, secret?.optional),
    needed("PersistentVolumeClaim", claimNameOf(pod, volume)),
    needed("Secret", driverSecret(volume)),
    ...(projected?.sources ?? []).flatMap((source) => [
      needed("ConfigMap", source.configMap?.name, source.configMap?.optional),
      needed("Secret", source.secret?.name, source.secret?.optional),
      needed("ClusterTrustBundle", source.clusterTrustBundle?.name, source.clusterTrustBundle?.optional),
    ]),
  ];
}

/** Where kinds of volumes that are only passed on name a Secret (KK pkg/api/v1/pod VisitPodSecretNames). */
const driverFields: ReadonlyMap<string, string> = new Map([
  ["azureFile", "secretName"],
  ["cephfs", "secretRef"],
  ["cinder", "secretRef"],
  ["csi", "nodePublishSecretRef"],
  ["flexVolume", "secretRef"],
  ["iscsi", "secretRef"],
  ["rbd", "secretRef"],
  ["scaleIO", "secretRef"],
  ["storageos", "secretRef"],
]);

function driverSecret(volume: Volume): string | undefined {
  for (const [kind, source] of Object.entries(volume) as [string, unknown][]) {
    const field = driverFields.get(kind);
    if (field === undefined) continue;
    const value = memberOf(source, field);
    const name = typeof value === "string" ? value : memberOf(value, "name");
    if (typeof name === "string") return name;
  }
  return undefined;
}

function memberOf(owner: unknown, field: string): unknown {
  if (typeof owner !== "object" || owner === null || !Object.hasOwn(owner, field)) return undefined;
  return (owner as Readonly<Record<string, unknown>>)[field];
}

/** A claim that is made from a template is named in the pod's status once it is there. */
function claimReferences({ spec, status }: Pod): readonly Reference[] {
  return (spec?.resourceClaims ?? []).flatMap((claim) => {
    const made = status?.resourceClaimStatuses?.find(({ name }) => name === claim.name);
    return [
      needed("ResourceClaim", claim.resourceClaimName ?? made?.resourceClaimName),
      needed("ResourceClaimTemplate", claim.resourceClaimTemplateName),
    ];
  });
}
