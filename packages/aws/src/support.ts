import type { Disposition } from "@vkubelet/core";
import { commonSupport, containerRules, type SupportTable } from "@vkubelet/pod";

function rules(disposition: Disposition, reason: string, paths: readonly string[]): SupportTable {
  return paths.map((path) => ({ path, disposition, reason }));
}

const noVolume = "cannot be mounted into an ECS task: use emptyDir, configMap or downwardAPI";

const volumes: SupportTable = [
  ...rules("exact", "", ["spec.volumes[].name"]),
  ...rules(
    "approx",
    "a volume of the task, opened to everybody where a container is known to run as another user than root; it is lost when the pod is run again, and sizeLimit is not enforced",
    ["spec.volumes[].emptyDir"],
  ),
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "approx",
    reason: "on the task's disk, not in memory",
    when: (value) => value === "Memory",
  },
  ...rules("approx", "a helper container writes the files before the start; later changes are not carried", [
    "spec.volumes[].configMap",
    "spec.volumes[].downwardAPI",
    "spec.volumes[].projected",
  ]),
  ...rules(
    "approx",
    'a helper container writes the files before the start, only with secrets: "plain"; later changes are not carried',
    ["spec.volumes[].secret"],
  ),
  ...rules(
    "reject",
    noVolume,
    [
      ..."awsElasticBlockStore azureDisk azureFile cephfs cinder csi ephemeral fc flexVolume flocker".split(
        " ",
      ),
      ..."gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs persistentVolumeClaim".split(" "),
      ..."photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume".split(" "),
    ].map((kind) => `spec.volumes[].${kind}`),
  ),
];

const podSecurity: SupportTable = [
  ...rules("exact", "", ["spec.securityContext.runAsUser", "spec.securityContext.runAsGroup"]),
  ...rules("approx", "checked against runAsUser; the user of the image is not read", [
    "spec.securityContext.runAsNonRoot",
  ]),
  ...rules("approx", "volumes are opened to everybody instead of to this group, which no process gets", [
    "spec.securityContext.fsGroup",
  ]),
  ...rules("reject", "ECS sets one user and one group, and no supplementary ones: remove it", [
    "spec.securityContext.supplementalGroups",
  ]),
  ...rules("ignore", "only tunes a setting that is judged by itself", [
    "spec.securityContext.fsGroupChangePolicy",
    "spec.securityContext.seLinuxChangePolicy",
  ]),
  {
    path: "spec.securityContext.supplementalGroupsPolicy",
    disposition: "reject",
    reason: "groups of the image are always merged: remove Strict",
    default: "Merge",
  },
  ...rules("reject", "only Linux pods run here", ["spec.securityContext.windowsOptions"]),
  ...rules("reject", "ECS has no SELinux labels on this platform: remove it", [
    "spec.securityContext.seLinuxOptions",
  ]),
];

const containers = containerRules(
  ["containers", "initContainers"],
  [
    ...rules("exact", "", [
      "name",
      "image",
      "args",
      "env[].name",
      "env[].value",
      "volumeMounts[].name",
      "volumeMounts[].mountPath",
      "volumeMounts[].readOnly",
      "securityContext.runAsUser",
      "securityContext.runAsGroup",
      "securityContext.readOnlyRootFilesystem",
    ]),
    ...rules("core", "resolved by the host before the backend sees the pod", ["env[].valueFrom"]),
    {
      path: "imagePullPolicy",
      disposition: "reject",
      reason: "every run pulls its images: use Always or IfNotPresent",
      when: (value) => value === "Never",
    },
    ...rules("approx", "every run pulls its images, as with Always", ["imagePullPolicy"]),
    ...rules("reject", "a mount takes a whole volume: mount it elsewhere and use the path below it", [
      "volumeMounts[].subPath",
      "volumeMounts[].subPathExpr",
    ]),
    ...rules("reject", "mounts have no propagation: remove it", ["volumeMounts[].mountPropagation"]),
    ...rules("reject", "mounts have no options: remove it", ["volumeMounts[].bindMountOptions"]),
    {
      path: "volumeMounts[].recursiveReadOnly",
      disposition: "reject",
      reason: "cannot be promised: use IfPossible",
      when: (value) => value === "Enabled",
    },
    ...rules("approx", "a plain read-only mount", ["volumeMounts[].recursiveReadOnly"]),
    ...rules("reject", "block devices cannot be attached: use a volume with files", ["volumeDevices"]),
    ...rules("reject", "devices of dynamic resource allocation need a real node", ["resources.claims"]),
    ...rules(
      "reject",
      "probes are not run for tasks and jobs: remove it, and let the program end when it is ill",
      ["livenessProbe", "readinessProbe", "startupProbe"],
    ),
    ...rules(
      "reject",
      "hooks are not run for tasks and jobs: do it in the command, which gets SIGTERM at the end",
      ["lifecycle"],
    ),
    ...rules("reject", "nothing can attach to the input of a container", ["stdinOnce"]),
    ...rules("approx", "the file cannot be read after the end; the message is what AWS gives as reason", [
      "terminationMessagePath",
      "terminationMessagePolicy",
    ]),
    ...rules("approx", "a restart runs the whole pod anew: new address, empty volumes", [
      "restartPolicy",
      "restartPolicyRules",
    ]),
    ...rules("approx", "checked against runAsUser; the user of the image is not read", [
      "securityContext.runAsNonRoot",
    ]),
    ...rules("approx", "no_new_privs cannot be set", ["securityContext.allowPrivilegeEscalation"]),
    {
      path: "securityContext.allowPrivilegeEscalation",
      disposition: "exact",
      reason: "",
      when: (value) => value === true,
    },
    ...rules("reject", "the mask of /proc cannot be lifted: remove it", ["securityContext.procMount"]),
    ...rules("reject", "ECS has no SELinux labels on this platform: remove it", [
      "securityContext.seLinuxOptions",
    ]),
    ...rules("reject", "only Linux pods run here", ["securityContext.windowsOptions"]),
  ],
);

/** seccomp and AppArmor: AWS applies profiles of its own, which stand in for the runtime's default and nothing else. */
const profiles: SupportTable = [
  "spec.securityContext",
  "spec.containers[].securityContext",
  "spec.initContainers[].securityContext",
].flatMap((owner) =>
  ["seccompProfile", "appArmorProfile"].flatMap(
    (field): SupportTable => [
      {
        path: `${owner}.${field}`,
        disposition: "approx",
        reason: "AWS applies its own profile",
      },
      {
        path: `${owner}.${field}`,
        disposition: "reject",
        reason: "only RuntimeDefault is possible here",
        when: (value) => (value as { readonly type?: unknown } | null)?.type !== "RuntimeDefault",
      },
    ],
  ),
);

/** What Fargate and Batch say alike about PodSpec, behind what holds for every backend. */
export const awsSupport: SupportTable = [
  ...commonSupport,
  ...volumes,
  ...podSecurity,
  ...containers,
  ...profiles,
  {
    path: "spec.dnsPolicy",
    disposition: "approx",
    reason:
      "names are always resolved by the VPC's resolver; Services are reached by their variables, not by name",
    default: "Default",
  },
  {
    path: "spec.dnsPolicy",
    disposition: "reject",
    reason: "the resolver cannot be replaced: use Default",
    when: (value) => value === "None",
  },
  ...rules("reject", "the resolver's settings cannot be changed: remove it", ["spec.dnsConfig"]),
  ...rules("reject", "the hosts file cannot be written: remove it", ["spec.hostAliases"]),
  ...rules("approx", "only the variable HOSTNAME carries it", [
    "spec.hostname",
    "spec.hostnameOverride",
    "spec.setHostnameAsFQDN",
  ]),
  ...rules("ignore", "DNS records do not depend on the backend", ["spec.subdomain"]),
  ...rules("exact", "", ["spec.os"]),
  ...rules("reject", "there are no runtime handlers to choose from: remove it", ["spec.runtimeClassName"]),
  ...rules("reject", "devices of dynamic resource allocation need a real node", ["spec.resourceClaims"]),
  ...rules("approx", "credentials come from the option registryCredentials; ECR needs none", [
    "spec.imagePullSecrets",
  ]),
];
