import type { KubeObject } from "../api/objects.ts";
import { age, type CellPrinter, orNone } from "./cells.ts";

const modes = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
] as const;

function modesText(accessModes: readonly string[] = []): string {
  return modes.flatMap(([mode, text]) => (accessModes.includes(mode) ? [text] : [])).join(",");
}

function phaseOf({ metadata, status }: KubeObject): string {
  return metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? "");
}

function classOf({ metadata, spec }: KubeObject): string {
  return metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec?.storageClassName ?? "";
}

function isDefaultClass({ metadata }: KubeObject): boolean {
  const prefixes = ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"];
  return prefixes.some((prefix) => metadata.annotations?.[`${prefix}/is-default-class`] === "true");
}

/** Rows of volumes and what gives them. */
export const storageCells: Readonly<Record<string, CellPrinter>> = {
  "/persistentvolumeclaims": (claim, now) => {
    const {
      volumeName = "",
      volumeAttributesClassName = "<unset>",
      volumeMode = "<unset>",
    } = claim.spec ?? {};
    const bound = volumeName !== "";
    return [
      claim.metadata.name,
      phaseOf(claim),
      volumeName,
      bound ? (claim.status?.capacity?.storage ?? "0") : "",
      bound ? modesText(claim.status?.accessModes) : "",
      classOf(claim),
      volumeAttributesClassName,
      age(claim, now),
      volumeMode,
    ];
  },
  "/persistentvolumes": (volume, now) => {
    const { capacity, accessModes, persistentVolumeReclaimPolicy = "", claimRef } = volume.spec ?? {};
    return [
      volume.metadata.name,
      capacity?.storage ?? "0",
      modesText(accessModes),
      persistentVolumeReclaimPolicy,
      phaseOf(volume),
      claimRef ? `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}` : "",
      classOf(volume),
      volume.spec?.volumeAttributesClassName ?? "<unset>",
      volume.status?.reason ?? "",
      age(volume, now),
      volume.spec?.volumeMode ?? "<unset>",
    ];
  },
  "storage.k8s.io/storageclasses": (object, now) => [
    `${object.metadata.name}${isDefaultClass(object) ? " (default)" : ""}`,
    object["provisioner"] ?? "",
    object["reclaimPolicy"] ?? "Delete",
    object["volumeBindingMode"] ?? "Immediate",
    object["allowVolumeExpansion"] ?? false,
    age(object, now),
  ],
  "storage.k8s.io/csinodes": (object, now) => [
    object.metadata.name,
    (object.spec?.drivers ?? []).length,
    age(object, now),
  ],
  "storage.k8s.io/csidrivers": (object, now) => {
    const { attachRequired, podInfoOnMount, storageCapacity, tokenRequests, requiresRepublish } =
      object.spec ?? {};
    const audiences = tokenRequests?.map(({ audience }: { readonly audience: string }) => audience).join(",");
    return [
      object.metadata.name,
      attachRequired ?? true,
      podInfoOnMount ?? false,
      storageCapacity ?? false,
      audiences ?? "<unset>",
      requiresRepublish ?? false,
      orNone((object.spec?.volumeLifecycleModes ?? []).join(",")),
      age(object, now),
    ];
  },
  "storage.k8s.io/csistoragecapacities": ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  "storage.k8s.io/volumeattachments": (object, now) => [
    object.metadata.name,
    object.spec?.attacher ?? "",
    object.spec?.source?.persistentVolumeName ?? "",
    object.spec?.nodeName ?? "",
    object.status?.attached ?? false,
    age(object, now),
  ],
};
