import { imagePullPolicyOf } from "../images/image-pull-policy.ts";
import { defaultFieldRefs } from "./container-defaults.ts";
import { type Draft, fill, fillEmpty, objectIn, objectsIn, textIn } from "./json-draft.ts";
import { defaultResourceLists } from "./resource-defaults.ts";

/** 0644. */
const fileMode = 420;

/**
 * The defaults of one entry of `spec.volumes`: SetDefaults_Volume and the SetDefaults_*VolumeSource of
 * pkg/apis/core/v1/defaults.go, and the `+default` markers of the types. A volume that names no source is an emptyDir.
 */
export function defaultVolume(volume: Draft): void {
  const sources = Object.keys(volume).filter(
    (name) => name !== "name" && volume[name] !== null && volume[name] !== undefined,
  );
  if (sources.length === 0) volume["emptyDir"] = {};
  const image = objectIn(volume, "image");
  if (image) {
    fillEmpty(image, "pullPolicy", imagePullPolicyOf({ name: "", image: textIn(image, "reference") }));
  }
  const hostPath = objectIn(volume, "hostPath");
  if (hostPath) fill(hostPath, "type", "");
  for (const name of ["secret", "configMap", "downwardAPI", "projected"]) {
    const source = objectIn(volume, name);
    if (source) fill(source, "defaultMode", fileMode);
  }
  for (const item of objectsIn(objectIn(volume, "downwardAPI"), "items")) defaultFieldRefs(item);
  for (const source of objectsIn(objectIn(volume, "projected"), "sources")) defaultProjection(source);
  defaultDrivers(volume);
  const template = objectIn(objectIn(volume, "ephemeral"), "volumeClaimTemplate");
  const claim = objectIn(template, "spec");
  if (claim) defaultClaimSpec(claim);
}

/** The defaults of the `spec` of a PersistentVolumeClaim or of a template of one. */
export function defaultClaimSpec(spec: Draft): void {
  fill(spec, "volumeMode", "Filesystem");
  const resources = objectIn(spec, "resources");
  if (resources) defaultResourceLists(resources);
}

function defaultProjection(source: Draft): void {
  for (const item of objectsIn(objectIn(source, "downwardAPI"), "items")) defaultFieldRefs(item);
  const token = objectIn(source, "serviceAccountToken");
  if (token) fill(token, "expirationSeconds", 3600);
}

/** The volumes of single storage systems that have defaults of their own. */
function defaultDrivers(volume: Draft): void {
  const iscsi = objectIn(volume, "iscsi");
  if (iscsi) fillEmpty(iscsi, "iscsiInterface", "default");
  const rbd = objectIn(volume, "rbd");
  if (rbd) {
    fillEmpty(rbd, "pool", "rbd");
    fillEmpty(rbd, "user", "admin");
    fillEmpty(rbd, "keyring", "/etc/ceph/keyring");
  }
  const azureDisk = objectIn(volume, "azureDisk");
  if (azureDisk) {
    fill(azureDisk, "cachingMode", "ReadWrite");
    fill(azureDisk, "fsType", "ext4");
    fill(azureDisk, "readOnly", false);
    fill(azureDisk, "kind", "Shared");
  }
  const scaleIo = objectIn(volume, "scaleIO");
  if (scaleIo) {
    fillEmpty(scaleIo, "storageMode", "ThinProvisioned");
    fillEmpty(scaleIo, "fsType", "xfs");
  }
}
