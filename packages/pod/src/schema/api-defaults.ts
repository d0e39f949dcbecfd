import { imagePullPolicyOf } from "../images/image-pull-policy.ts";

/** A default that depends on the neighbours of the field: whether `value`, found in `owner`, is what the API fills in. */
export type DefaultRule = (value: unknown, owner: Readonly<Record<string, unknown>>) => boolean;

/** Values that the API server fills in, or that mean the same as leaving the field out: by type, then by field. */
export type Defaults = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** pod-semantics U5. */
function pullPolicyBy(imageField: string): DefaultRule {
  return (value, owner) => {
    const image = owner[imageField];
    return value === imagePullPolicyOf(typeof image === "string" ? { name: "", image } : { name: "" });
  };
}

const container = {
  imagePullPolicy: pullPolicyBy("image"),
  lifecycle: {},
  resources: {},
  securityContext: {},
  stdin: false,
  stdinOnce: false,
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  tty: false,
  workingDir: "",
};

const optionalFalse = { optional: false };
const readWrite = { readOnly: false };

const containerParts: Defaults = {
  ConfigMapEnvSource: optionalFalse,
  ConfigMapKeySelector: optionalFalse,
  Container: container,
  ContainerPort: { hostIP: "", hostPort: 0, name: "" },
  EnvFromSource: { prefix: "" },
  EphemeralContainer: container,
  FileKeySelector: optionalFalse,
  GRPCAction: { service: "" },
  HTTPGetAction: { path: "/", scheme: "HTTP" },
  ObjectFieldSelector: { apiVersion: "v1" },
  Probe: {
    failureThreshold: 3,
    initialDelaySeconds: 0,
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
  },
  ResourceFieldSelector: { divisor: "0" },
  SecretEnvSource: optionalFalse,
  SecretKeySelector: optionalFalse,
  SecurityContext: {
    allowPrivilegeEscalation: true,
    capabilities: {},
    privileged: false,
    procMount: "Default",
    readOnlyRootFilesystem: false,
    runAsNonRoot: false,
    seLinuxOptions: {},
    windowsOptions: {},
  },
  VolumeMount: {
    mountPropagation: "None",
    readOnly: false,
    recursiveReadOnly: "Disabled",
    subPath: "",
    subPathExpr: "",
  },
  WindowsSecurityContextOptions: { hostProcess: false },
};

/** 420 is 0644. */
const volumes: Defaults = {
  AWSElasticBlockStoreVolumeSource: readWrite,
  AzureFileVolumeSource: readWrite,
  CSIVolumeSource: readWrite,
  CephFSVolumeSource: readWrite,
  CinderVolumeSource: readWrite,
  ClusterTrustBundleProjection: optionalFalse,
  ConfigMapProjection: optionalFalse,
  ConfigMapVolumeSource: { defaultMode: 420, optional: false },
  DownwardAPIVolumeSource: { defaultMode: 420 },
  EmptyDirVolumeSource: { medium: "" },
  FCVolumeSource: readWrite,
  FlexVolumeSource: readWrite,
  GCEPersistentDiskVolumeSource: readWrite,
  GlusterfsVolumeSource: readWrite,
  HostPathVolumeSource: { type: "" },
  ISCSIVolumeSource: { chapAuthDiscovery: false, chapAuthSession: false, readOnly: false },
  ImageVolumeSource: { pullPolicy: pullPolicyBy("reference") },
  NFSVolumeSource: readWrite,
  PersistentVolumeClaimSpec: { volumeMode: "Filesystem" },
  PersistentVolumeClaimVolumeSource: readWrite,
  PortworxVolumeSource: readWrite,
  ProjectedVolumeSource: { defaultMode: 420 },
  QuobyteVolumeSource: readWrite,
  RBDVolumeSource: readWrite,
  ScaleIOVolumeSource: { readOnly: false, sslEnabled: false },
  SecretProjection: optionalFalse,
  SecretVolumeSource: { defaultMode: 420, optional: false },
  ServiceAccountTokenProjection: { audience: "", expirationSeconds: 3600 },
  StorageOSVolumeSource: readWrite,
};

/**
 * The defaults of the API (pod-semantics F3, KK `pkg/apis/core/v1/defaults.go`) that its OpenAPI documents leave out.
 * A value here never counts against a pod.
 */
export const apiDefaults: Defaults = {
  ...containerParts,
  ...volumes,
  PodSecurityContext: {
    fsGroupChangePolicy: "Always",
    runAsNonRoot: false,
    seLinuxOptions: {},
    supplementalGroupsPolicy: "Merge",
    windowsOptions: {},
  },
  PodSpec: {
    affinity: {},
    dnsConfig: {},
    dnsPolicy: "ClusterFirst",
    enableServiceLinks: true,
    hostIPC: false,
    hostNetwork: false,
    hostPID: false,
    hostUsers: true,
    hostname: "",
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
    resources: {},
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    setHostnameAsFQDN: false,
    shareProcessNamespace: false,
    subdomain: "",
    terminationGracePeriodSeconds: 30,
  },
};
