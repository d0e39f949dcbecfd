import { commonSupport, containerRules, type SupportRule, type SupportTable } from "@vkubelet/pod";
import type { NomadTranslateOptions } from "./options.ts";
import { containerSecurity, podSecurity } from "./security-support.ts";
import { refusal, rule } from "./support-rule.ts";

const noProbes =
  "nothing runs probes against Nomad tasks yet; remove it, or let Nomad judge the task by its exit code";

/** What every driver does with a container. */
const containers: readonly SupportRule[] = [
  rule("exact", "name", ""),
  rule("exact", "args", ""),
  rule("exact", "workingDir", ""),
  rule("exact", "env", ""),
  ...["requests", "limits"].map((list) =>
    rule(
      "reject",
      `resources.${list}`,
      "no Nomad task can ask for it: name cpu, memory, ephemeral-storage or nvidia.com/gpu, or leave it out",
    ),
  ),
  ...["requests", "limits"].map((list) =>
    rule("approx", `resources.${list}.ephemeral-storage`, "reserved for the pod as a whole, not enforced"),
  ),
  rule(
    "reject",
    "resources.claims",
    "Nomad has no dynamic resource allocation; ask for nvidia.com/gpu instead",
  ),
  rule(
    "approx",
    "restartPolicy",
    "Nomad restarts after 10 s, five times in five minutes, and then waits until these are over",
  ),
  rule("reject", "restartPolicyRules", "Nomad restarts by exit code zero or not; use restartPolicy"),
  rule(
    "approx",
    "ports",
    "nothing is published but hostPort; on the bridge network the address is reachable from that client only",
  ),
  rule("exact", "ports[].hostPort", ""),
  rule("reject", "ports[].hostIP", "Nomad binds host networks by name, not by address; leave it out"),
  rule("reject", "ports[].protocol", "Nomad maps TCP and UDP only", (value) => value === "SCTP"),
  refusal("livenessProbe", noProbes, "not run; the container goes on until it ends by itself"),
  refusal("readinessProbe", noProbes, "not run; the container is ready as soon as it runs"),
  refusal("startupProbe", noProbes, "not run; the container counts as started as soon as it runs"),
  refusal(
    "lifecycle.postStart",
    "Nomad has no hook inside a started task; start it in the command",
    "not run",
  ),
  refusal(
    "lifecycle.preStop",
    "Nomad has no hook before a stop; handle the stop signal",
    "not run; the stop signal comes at once",
  ),
  rule("exact", "lifecycle.stopSignal", ""),
  rule("approx", "terminationMessagePath", "the file is not read"),
  rule("approx", "terminationMessagePolicy", "termination messages are what Nomad says of the end"),
  rule("reject", "stdinOnce", "Nomad attaches nobody to a task's input"),
  rule("reject", "volumeDevices", "block devices are not passed on; mount a filesystem"),
  rule("reject", "volumeMounts[].mountPropagation", "mounts are private", (value) => value !== "None"),
  rule("approx", "volumeMounts[].recursiveReadOnly", "a plain read-only mount"),
  rule("reject", "volumeMounts[].recursiveReadOnly", "not available", (value) => value === "Enabled"),
  rule("reject", "volumeMounts[].bindMountOptions", "not available"),
];

const dockerContainers: readonly SupportRule[] = [
  rule("exact", "image", ""),
  rule("exact", "command", ""),
  ...["requests", "limits"].flatMap((list) => [
    rule(
      "approx",
      `resources.${list}.cpu`,
      "reserved in MHz and shared beyond that; a limit is hard where it equals the request",
    ),
    rule(
      "approx",
      `resources.${list}.memory`,
      "a hard limit in whole MiB: the pod's limit or, without one, what it requests",
    ),
    rule("exact", `resources.${list}["nvidia.com/gpu"]`, ""),
  ]),
  rule("exact", "imagePullPolicy", ""),
  rule(
    "reject",
    "imagePullPolicy",
    "Nomad cannot forbid a pull; use IfNotPresent",
    (value) => value === "Never",
  ),
  rule("exact", "tty", ""),
  rule("approx", "stdin", "input is open, but nobody can attach to it"),
  rule("exact", "volumeMounts", ""),
  ...containerSecurity,
];

const noIsolation = "raw_exec runs as the Nomad client itself, without isolation; use the docker driver";
const rawExecContainers: readonly SupportRule[] = [
  ...["requests", "limits"].flatMap((list) =>
    ["cpu", "memory", '["nvidia.com/gpu"]'].map((name) =>
      rule(
        "approx",
        `resources.${list}${name.startsWith("[") ? name : `.${name}`}`,
        "reserved, not enforced on processes",
      ),
    ),
  ),
  rule("approx", "image", "raw_exec runs no images: the command is looked for on the client"),
  rule("exact", "command", ""),
  rule("ignore", "imagePullPolicy", "raw_exec runs no images"),
  rule("reject", "tty", "raw_exec gives no terminal"),
  rule("reject", "stdin", "raw_exec gives no input"),
  rule("approx", "volumeMounts", "raw_exec mounts nothing; a service account token is left out"),
  rule("reject", "securityContext", noIsolation),
];

/** Volumes whose files the host makes. */
const writtenVolumes = ["configMap", "secret", "downwardAPI", "projected"];

/** What every driver does with a pod. */
const pod: readonly SupportRule[] = [
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

const dockerPod: readonly SupportRule[] = [
  rule(
    "approx",
    "spec.volumes[].emptyDir",
    "docker makes it as root with mode 0755, so that only root can write; sizeLimit is reserved, not enforced",
  ),
  rule("approx", "spec.volumes[].emptyDir.medium", "a tmpfs of one container", (value) => value === "Memory"),
  ...writtenVolumes.map((kind) =>
    rule(
      "approx",
      `spec.volumes[].${kind}`,
      "written before the start; a change does not reach running pods",
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
  rule("approx", "spec.imagePullSecrets", "the clients' own docker credentials are used"),
];

const rawExecPod: readonly SupportRule[] = [
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

/** What this backend says about every field of PodSpec, for the driver that the options name. */
export function supportTable(
  options: Pick<NomadTranslateOptions, "driver" | "maximumKillSeconds" | "network">,
): SupportTable {
  const docker = options.driver === "docker";
  const lists = ["containers", "initContainers"] as const;
  const maximum = options.maximumKillSeconds;
  return [
    ...commonSupport,
    ...pod,
    ...(docker ? dockerPod : rawExecPod),
    ...containerRules(lists, [...containers, ...(docker ? dockerContainers : rawExecContainers)]),
    ...hostnameRules(docker && options.network === "bridge"),
    rule("exact", "spec.terminationGracePeriodSeconds", ""),
    rule(
      "approx",
      "spec.terminationGracePeriodSeconds",
      `Nomad clients cut it at their max_kill_timeout of ${maximum} s`,
      (value) => typeof value === "number" && value > maximum,
    ),
  ];
}

/** Docker's containers on a bridge are named; elsewhere only the variable HOSTNAME carries a name. */
function hostnameRules(isNamed: boolean): readonly SupportRule[] {
  const fields = ["spec.hostname", "spec.hostnameOverride", "spec.setHostnameAsFQDN"];
  const reason = "the pod has the name of its client; only HOSTNAME carries its own";
  return [
    ...fields.map((path) => (isNamed ? rule("exact", path, "") : rule("approx", path, reason))),
    rule(
      "ignore",
      "spec.setHostnameAsFQDN",
      "a pod without a subdomain has no full name",
      (_, pod) => !pod.spec?.subdomain,
    ),
  ];
}
