import type { Strategy } from "./resource-type.ts";

/** PersistentVolumeClaims: nothing binds them, so they wait. */
export const claimStrategy: Strategy = {
  returnsDeleted: true,
  defaults(claim) {
    if (claim.spec) claim.spec.volumeMode ??= "Filesystem";
  },
  prepareCreate(claim) {
    claim.status = { phase: "Pending" };
  },
};

/** PersistentVolumes. */
export const volumeStrategy: Strategy = {
  returnsDeleted: true,
  defaults({ spec }) {
    if (!spec) return;
    spec.persistentVolumeReclaimPolicy ??= "Retain";
    spec.volumeMode ??= "Filesystem";
    if (spec.hostPath) spec.hostPath.type ??= "";
  },
  prepareCreate(volume) {
    volume.status = { phase: "Pending" };
  },
};

/** StorageClasses. */
export const storageClassStrategy: Strategy = {
  defaults(object) {
    object["reclaimPolicy"] ??= "Delete";
    object["volumeBindingMode"] ??= "Immediate";
  },
};

/** CSIDrivers. */
export const csiDriverStrategy: Strategy = {
  defaults({ spec }) {
    if (!spec) return;
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= "ReadWriteOnceWithFSType";
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ["Persistent"];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
};
