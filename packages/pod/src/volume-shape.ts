import { fieldRefShape, resourceFieldRefShape } from "./container-shape.ts";
import { type FieldShape, list, map, object, opaque } from "./field-shape.ts";

const nameOnly = object("name");
const keyItems = list(object("key mode path user"));
const optionalFalse = { optional: false };
const readWrite = { readOnly: false };

const downwardItems = list(
  object("mode path user", { fieldRef: fieldRefShape, resourceFieldRef: resourceFieldRefShape }),
);

const projectedSource = object("", {
  clusterTrustBundle: object("labelSelector name optional path signerName user", {}, optionalFalse),
  configMap: object("name optional", { items: keyItems }, optionalFalse),
  downwardAPI: object("", { items: downwardItems }),
  podCertificate: object(
    "certificateChainPath credentialBundlePath keyPath keyType maxExpirationSeconds signerName user userAnnotations{}",
  ),
  secret: object("name optional", { items: keyItems }, optionalFalse),
  serviceAccountToken: object(
    "audience expirationSeconds path user",
    {},
    { audience: "", expirationSeconds: 3600 },
  ),
});

/** Volumes whose content comes from the cluster. 420 is 0644. */
const contentVolumes: Readonly<Record<string, FieldShape>> = {
  configMap: object(
    "defaultMode defaultUser name optional",
    { items: keyItems },
    { defaultMode: 420, optional: false },
  ),
  downwardAPI: object("defaultMode defaultUser", { items: downwardItems }, { defaultMode: 420 }),
  projected: object("defaultMode defaultUser", { sources: list(projectedSource) }, { defaultMode: 420 }),
  secret: object(
    "defaultMode defaultUser optional secretName",
    { items: keyItems },
    { defaultMode: 420, optional: false },
  ),
};

const storageVolumes: Readonly<Record<string, FieldShape>> = {
  awsElasticBlockStore: object("fsType partition readOnly volumeID", {}, readWrite),
  azureDisk: object(
    "cachingMode diskName diskURI fsType kind readOnly",
    {},
    { cachingMode: "ReadWrite", fsType: "ext4", kind: "Shared", readOnly: false },
  ),
  azureFile: object("readOnly secretName shareName", {}, readWrite),
  cephfs: object("monitors[] path readOnly secretFile user", { secretRef: nameOnly }, readWrite),
  cinder: object("fsType readOnly volumeID", { secretRef: nameOnly }, readWrite),
  csi: object("driver fsType readOnly volumeAttributes{}", { nodePublishSecretRef: nameOnly }, readWrite),
  emptyDir: object("medium mode sizeLimit", {}, { medium: "" }),
  ephemeral: object("", { volumeClaimTemplate: object("", { metadata: opaque, spec: opaque }) }),
  fc: object("fsType lun readOnly targetWWNs[] wwids[]", {}, readWrite),
  flexVolume: object("driver fsType readOnly", { options: map, secretRef: nameOnly }, readWrite),
  flocker: object("datasetName datasetUUID"),
  gcePersistentDisk: object("fsType partition pdName readOnly", {}, readWrite),
  gitRepo: object("directory repository revision"),
  glusterfs: object("endpoints path readOnly", {}, readWrite),
  hostPath: object("path type", {}, { type: "" }),
  image: object("pullPolicy reference"),
  iscsi: object(
    "chapAuthDiscovery chapAuthSession fsType initiatorName iqn iscsiInterface lun portals[] readOnly targetPortal",
    { secretRef: nameOnly },
    { chapAuthDiscovery: false, chapAuthSession: false, iscsiInterface: "default", readOnly: false },
  ),
  nfs: object("path readOnly server", {}, readWrite),
  persistentVolumeClaim: object("claimName readOnly", {}, readWrite),
  photonPersistentDisk: object("fsType pdID"),
  portworxVolume: object("fsType readOnly volumeID", {}, readWrite),
  quobyte: object("group readOnly registry tenant user volume", {}, readWrite),
  rbd: object(
    "fsType image keyring monitors[] pool readOnly user",
    { secretRef: nameOnly },
    { keyring: "/etc/ceph/keyring", pool: "rbd", readOnly: false, user: "admin" },
  ),
  scaleIO: object(
    "fsType gateway protectionDomain readOnly sslEnabled storageMode storagePool system volumeName",
    { secretRef: nameOnly },
    { fsType: "xfs", readOnly: false, sslEnabled: false, storageMode: "ThinProvisioned" },
  ),
  storageos: object("fsType readOnly volumeName volumeNamespace", { secretRef: nameOnly }, readWrite),
  vsphereVolume: object("fsType storagePolicyID storagePolicyName volumePath"),
};

/** One entry of `spec.volumes`. */
export const volumeShape: FieldShape = object("name", { ...contentVolumes, ...storageVolumes });
