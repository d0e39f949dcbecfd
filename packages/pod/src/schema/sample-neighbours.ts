/** A piece of JSON that stands beside a field. */
export type Neighbours = Readonly<Record<string, unknown>>;

/** Types of which one field must be set and no other may be; the first is taken where none is asked for. */
export const unions: Readonly<Record<string, readonly string[]>> = {
  EnvFromSource: ["configMapRef", "secretRef"],
  EnvVarSource: ["fieldRef", "configMapKeyRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"],
  DownwardAPIVolumeFile: ["fieldRef", "resourceFieldRef"],
  LifecycleHandler: ["exec", "httpGet", "sleep", "tcpSocket"],
  PodResourceClaim: ["resourceClaimName", "resourceClaimTemplateName"],
  Probe: ["httpGet", "exec", "grpc", "tcpSocket"],
  VolumeProjection: [
    "configMap",
    "clusterTrustBundle",
    "downwardAPI",
    "podCertificate",
    "secret",
    "serviceAccountToken",
  ],
  FlockerVolumeSource: ["datasetName", "datasetUUID"],
};

/** Fields that the API server refuses together with the field, beyond the unions. */
export const rivals: Readonly<Record<string, readonly string[]>> = {
  "EnvVar.value": ["valueFrom"],
  "EnvVar.valueFrom": ["value"],
  "FCVolumeSource.lun": ["wwids"],
  "FCVolumeSource.targetWWNs": ["wwids"],
  "FCVolumeSource.wwids": ["lun", "targetWWNs"],
  "VolumeMount.subPath": ["subPathExpr"],
  "VolumeMount.subPathExpr": ["subPath"],
};

const profilePath = { type: "Localhost" };
const volumeClaimTemplate = {
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const named = { name: "sample" };
const hostProcess = { securityContext: { windowsOptions: { hostProcess: true } } };
const claim = { resourceClaims: [{ name: "sample", resourceClaimName: "sample" }] };

/** What must stand beside a field for the API server to take it, by `Type.field`; what stands there already stays. */
export const neighbours: Readonly<Record<string, Neighbours>> = {
  "AppArmorProfile.localhostProfile": profilePath,
  "ClusterTrustBundleProjection.labelSelector": { signerName: "example.com/signer" },
  "Container.restartPolicyRules": { restartPolicy: "Never" },
  "EphemeralContainer.restartPolicyRules": { restartPolicy: "Never" },
  "FCVolumeSource.lun": { targetWWNs: ["50060e801049cfd1"] },
  "FCVolumeSource.targetWWNs": { lun: 7 },
  "ISCSIVolumeSource.chapAuthDiscovery": { secretRef: { name: "sample" } },
  "ISCSIVolumeSource.chapAuthSession": { secretRef: { name: "sample" } },
  "PodAffinityTerm.matchLabelKeys": { labelSelector: { matchLabels: { app: "sample" } } },
  "PodAffinityTerm.mismatchLabelKeys": { labelSelector: { matchLabels: { app: "sample" } } },
  "PodSpec.overhead": { runtimeClassName: "sample" },
  "PodSpec.preemptionPolicy": { priorityClassName: "sample" },
  "PodSpec.priority": { priorityClassName: "sample" },
  "SeccompProfile.localhostProfile": profilePath,
  "TopologySpreadConstraint.matchLabelKeys": { labelSelector: { matchLabels: { app: "sample" } } },
  "Toleration.tolerationSeconds": { effect: "NoExecute", operator: "Exists" },
  "Toleration.effect": { operator: "Exists" },
  "Toleration.key": { operator: "Exists" },
  "VolumeMount.recursiveReadOnly": { readOnly: true },
};

/** What the type holds whatever field is asked for, where the API server wants more than the schema says. */
export const alwaysThere: Readonly<Record<string, Neighbours>> = {
  ConfigMapEnvSource: named,
  ConfigMapKeySelector: named,
  Container: { image: "registry.example/sample:1.2" },
  ConfigMapProjection: named,
  ConfigMapVolumeSource: named,
  ContainerRestartRule: { exitCodes: { operator: "In", values: [42] } },
  EphemeralContainer: { image: "registry.example/sample:1.2" },
  ExecAction: { command: ["/bin/sample"] },
  DownwardAPIVolumeSource: { items: [{ path: "sample", fieldRef: { fieldPath: "metadata.name" } }] },
  HostAlias: { hostnames: ["sample.example"] },
  FCVolumeSource: { wwids: ["3600508b400105e210000900000490000"] },
  ProjectedVolumeSource: { sources: [{ configMap: named }] },
  LabelSelectorRequirement: { values: ["sample"] },
  LocalObjectReference: named,
  NodeSelectorRequirement: { values: ["sample"] },
  EphemeralVolumeSource: { volumeClaimTemplate },
  ImageVolumeSource: { reference: "registry.example/sample:1.2" },
  PersistentVolumeClaimSpec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "1Gi" } },
  },
  PodDNSConfigOption: { name: "ndots" },
  PodCertificateProjection: { credentialBundlePath: "bundle.pem" },
  SecretEnvSource: named,
  SecretKeySelector: named,
  SecretProjection: named,
  SecretVolumeSource: { secretName: "sample" },
  ScaleIOVolumeSource: { volumeName: "sample" },
  StorageOSVolumeSource: { volumeName: "sample" },
  Toleration: { key: "example.com/key" },
};

/** What the pod's spec must hold for a path that matches. */
export const specNeighbours: readonly (readonly [RegExp, Neighbours])[] = [
  [/\.lifecycle\.stopSignal$/, { os: { name: "linux" } }],
  [/\.securityContext\.procMount$/, { hostUsers: false }],
  [/\.windowsOptions\.hostProcess$/, { hostNetwork: true }],
  [/^spec\.(init|ephemeral)Containers\[\].*\.hostProcess$/, hostProcess],
  [/^spec\.(init)?[cC]ontainers\[\]\.resources\.claims\[\]/, claim],
  [/\.fileKeyRef(\.|$)/, { volumes: [{ name: "data", emptyDir: {} }] }],
  [/\.volumeMounts\[\]/, { volumes: [{ name: "data", emptyDir: {} }] }],
  [/\.volumeDevices\[\]/, { volumes: [{ name: "claim", persistentVolumeClaim: { claimName: "sample" } }] }],
];

/** Only sidecars among the `initContainers` have probes and hooks, and restart on a resize. */
export const sidecarFields: RegExp =
  /^spec\.initContainers\[\]\.(livenessProbe|readinessProbe|startupProbe|lifecycle|resizePolicy)(\.|\[|$)/;
