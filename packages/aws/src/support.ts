import { commonSupport, containerRules, type SupportTable } from "@vkubelet/pod";
import { hookSupport, probeSupport } from "./hook-support.ts";
import { podSecurity, profiles } from "./security-support.ts";
import { rules } from "./support-rules.ts";
import { volumeSupport } from "./volume-support.ts";

const pulled = "every run pulls its images: use Always or IfNotPresent";

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
    ...rules("reject", "the environment is fixed before a container could write the file: set the value", [
      "env[].valueFrom.fileKeyRef",
    ]),
    ...rules("approx", "every run pulls its images, as with Always", ["imagePullPolicy"]),
    {
      path: "imagePullPolicy",
      disposition: "reject",
      reason: pulled,
      when: (value) => value === "Never",
      accepted: "the image is pulled at every run",
    },
    ...rules(
      "approx",
      "a directory becomes a volume of its own, where that gives the same content; a single file is rejected, and what the pod may accept is a volume in the place of the directory around it",
      ["volumeMounts[].subPath", "volumeMounts[].subPathExpr"],
    ),
    ...rules("reject", "mounts have no propagation: remove it", ["volumeMounts[].mountPropagation"]),
    {
      path: "volumeMounts[].mountPropagation",
      disposition: "reject",
      reason: "mounts have no propagation: remove it",
      when: (value) => value === "HostToContainer",
      accepted: "mounts that appear later are not seen",
    },
    ...rules("reject", "mounts have no options: remove it", ["volumeMounts[].bindMountOptions"]),
    {
      path: "volumeMounts[].recursiveReadOnly",
      disposition: "reject",
      reason: "cannot be promised: use IfPossible",
      when: (value) => value === "Enabled",
      accepted: "a plain read-only mount",
    },
    ...rules("approx", "a plain read-only mount", ["volumeMounts[].recursiveReadOnly"]),
    ...rules("reject", "block devices cannot be attached: use a volume with files", ["volumeDevices"]),
    ...rules("reject", "devices of dynamic resource allocation need a real node", ["resources.claims"]),
    ...probeSupport,
    ...hookSupport,
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
      reason: "no_new_privs is never set",
      when: (value) => value === true,
    },
    {
      path: "securityContext.procMount",
      disposition: "reject",
      reason: "the mask of /proc cannot be lifted: remove it",
      default: "Default",
    },
    ...rules("reject", "ECS has no SELinux labels on this platform: remove it", [
      "securityContext.seLinuxOptions",
    ]).map((rule) => ({ ...rule, accepted: "processes and files get no labels" })),
    ...rules("reject", "only Linux pods run here", ["securityContext.windowsOptions"]),
  ],
);

const names: SupportTable = [
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
    accepted: "the VPC's resolver is asked",
  },
  {
    path: "spec.dnsConfig",
    disposition: "reject",
    reason: "the resolver's settings cannot be changed: remove it",
    accepted: "the VPC's resolver is asked, with its own settings",
  },
  {
    path: "spec.hostAliases",
    disposition: "reject",
    reason: "the hosts file cannot be written: remove it",
    accepted: "these names are looked up in DNS only",
  },
  ...rules("approx", "only the variable HOSTNAME carries it", [
    "spec.hostname",
    "spec.hostnameOverride",
    "spec.setHostnameAsFQDN",
  ]),
  ...rules("ignore", "DNS records do not depend on the backend", ["spec.subdomain"]),
];

/** What Fargate and Batch say alike about PodSpec, behind what holds for every backend. */
export const awsSupport: SupportTable = [
  ...commonSupport,
  ...volumeSupport,
  ...podSecurity,
  ...containers,
  ...profiles,
  ...names,
  {
    path: 'spec.nodeSelector["kubernetes.io/os"]',
    disposition: "reject",
    reason: "only Linux pods run here",
    when: (value) => value !== "linux",
  },
  ...rules("exact", "every pod runs on Linux", ["spec.os"]),
  {
    path: "spec.os.name",
    disposition: "reject",
    reason: "only Linux pods run here",
    when: (value) => value !== "linux",
  },
  {
    path: "spec.runtimeClassName",
    disposition: "reject",
    reason: "there are no runtime handlers to choose from: remove it",
    accepted: "the platform's own runtime",
  },
  ...rules("reject", "devices of dynamic resource allocation need a real node", [
    "spec.resourceClaims",
    "spec.resources.claims",
  ]),
  ...rules("approx", "credentials come from the option registryCredentials; ECR needs none", [
    "spec.imagePullSecrets",
  ]),
];
