import type { SupportRule } from "@vkubelet/pod";
import { podSecurity } from "./security-support.ts";
import { noIsolation, refusal, rule } from "./support-rule.ts";

/** Volumes whose files the host makes. */
const writtenVolumes = ["configMap", "secret", "downwardAPI", "projected"];

/** What every driver does with a pod. */
export const anyPod: readonly SupportRule[] = [
  rule("exact", "spec.restartPolicy", ""),
  rule(
    "approx",
    "spec.restartPolicy",
    "with Never a pull or start that fails is not repeated",
    (value) => value === "Never",
  ),
  rule(
    "approx",
    "spec.ephemeralContainers",
    "none is started: a changed task would replace the pod's allocation; use exec",
  ),
  rule("exact", "spec.hostNetwork", ""),
  rule("approx", "spec.subdomain", "no name record is made outside the cluster's own DNS"),
  rule(
    "approx",
    "spec.dnsConfig",
    "added to the cluster's servers where the node knows them; else it takes the place of the client's own",
  ),
  rule(
    "approx",
    "spec.dnsPolicy",
    "the cluster's servers where the node knows them, else the clients' own with dnsConfig where it is given",
  ),
  refusal(
    "spec.hostUsers",
    "Nomad has no user namespace for one task",
    "users of the container are users of the client",
    (value) => value === false,
  ),
  refusal(
    "spec.shareProcessNamespace",
    "tasks do not share processes",
    "every container sees its own processes only",
    (value) => value === true,
  ),
  rule("reject", "spec.resourceClaims", "Nomad has no dynamic resource allocation"),
  rule(
    "reject",
    "spec.os",
    "only Linux clients are used",
    (value) => (value as { name?: string }).name !== "linux",
  ),
  rule("exact", "spec.os", "every job asks for a client with Linux"),
  rule("reject", "spec.resources", "Nomad reserves by container; set resources there"),
  rule("exact", "spec.volumes[].name", ""),
  rule(
    "reject",
    "spec.volumes[].emptyDir.medium",
    "the clients' huge pages are not mounted; leave the medium out",
    (value) => value !== "" && value !== "Memory",
  ),
  ...[
    "ephemeral",
    "csi",
    "iscsi",
    "image",
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
  ].map((kind) =>
    rule(
      "reject",
      `spec.volumes[].${kind}`,
      "Nomad mounts only volumes that are registered: register it and claim it with a PersistentVolumeClaim",
    ),
  ),
];

/** What the docker driver does with a pod. */
export const dockerPod: readonly SupportRule[] = [
  rule("exact", "spec.volumes[].emptyDir", ""),
  rule("approx", "spec.volumes[].emptyDir.medium", "a tmpfs of one container", (value) => value === "Memory"),
  rule("approx", "spec.volumes[].emptyDir.mode", "always 0777"),
  rule("approx", "spec.volumes[].emptyDir.sizeLimit", "on disk it is reserved, not enforced"),
  ...["configMap", "downwardAPI"].map((kind) =>
    rule(
      "approx",
      `spec.volumes[].${kind}`,
      "written before the start; a change does not reach running pods",
    ),
  ),
  ...["projected", "secret"].map((kind) =>
    rule(
      "approx",
      `spec.volumes[].${kind}`,
      "of what changes later, new tokens and new values of a Secret's keys reach running pods, nothing else does",
    ),
  ),
  rule("exact", "spec.hostAliases", ""),
  rule("exact", "spec.hostIPC", ""),
  rule("exact", "spec.hostPID", ""),
  ...podSecurity,
  rule("exact", "spec.runtimeClassName", ""),
  rule(
    "approx",
    "spec.volumes[].hostPath",
    "of whichever client runs the pod, whose docker plugin must enable volumes",
  ),
  rule(
    "reject",
    "spec.volumes[].hostPath.type",
    "nothing can check the path on the client before the start; leave it out or use DirectoryOrCreate",
    (value) => value !== "" && value !== "DirectoryOrCreate",
  ),
  rule("exact", "spec.volumes[].hostPath.type", "docker makes a directory that is not there"),
  rule("exact", "spec.volumes[].nfs", ""),
  rule(
    "approx",
    "spec.volumes[].persistentVolumeClaim",
    "the volume of Nomad that the option claims names for it",
  ),
  rule(
    "approx",
    "spec.imagePullSecrets",
    "one credential for each image, that of the most specific registry; on clients from Nomad 1.11 on",
  ),
];

/** What a pod of processes of the client does without. */
export const rawExecPod: readonly SupportRule[] = [
  ...["emptyDir", ...writtenVolumes].map((kind) =>
    rule("approx", `spec.volumes[].${kind}`, "raw_exec mounts nothing; a service account token is left out"),
  ),
  rule("reject", "spec.runtimeClassName", "raw_exec has no runtimes; leave it out"),
  ...["spec.volumes", "spec.volumes[].name"].map((path) =>
    rule("exact", path, "of use only where it is mounted, and a mount is judged by itself"),
  ),
  rule("exact", "spec.hostNetwork", "processes have the client's network anyway"),
  ...["hostPath", "nfs", "persistentVolumeClaim"].map((kind) =>
    rule("reject", `spec.volumes[].${kind}`, "raw_exec mounts nothing; use the docker driver"),
  ),
  rule("reject", "spec.hostAliases", noIsolation),
  rule("approx", "spec.hostIPC", "always so with raw_exec"),
  rule("approx", "spec.hostPID", "always so with raw_exec"),
  rule("reject", "spec.securityContext", noIsolation),
  rule("ignore", "spec.imagePullSecrets", "raw_exec runs no images"),
];
