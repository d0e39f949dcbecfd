import { commonSupport, type SupportRule, type SupportTable } from "@vkubelet/pod";
import type { LocalHost } from "./process-plan.ts";
import { volumeRules } from "./volume-support.ts";

/** How this machine treats each field of a pod: the single source of the documentation's table. */
export function localSupport(host: LocalHost): SupportTable {
  return [
    ...commonSupport,
    ...podRules(host),
    ...["spec.containers[]", "spec.initContainers[]"].flatMap((path) => containerRules(path, host)),
    ...(host.mounts === "namespace" ? volumeRules : volumeRules.map(ofUseWhereMounted)),
  ];
}

const hostResolver = "processes use this machine's resolver and hosts file";
const noProbe = "no probe is run for processes of this machine; remove it, or watch from within the program";
const noHook = "no lifecycle hook is run for processes of this machine; do it in the command (trap TERM)";

function podRules(host: LocalHost): SupportTable {
  return [
    { path: "spec.restartPolicy", disposition: "exact", reason: "" },
    { path: "spec.terminationGracePeriodSeconds", disposition: "exact", reason: "" },
    {
      path: "spec.hostname",
      disposition: "approx",
      reason: "HOSTNAME is set; the kernel's hostname stays this machine's",
    },
    { path: "spec.hostnameOverride", disposition: "approx", reason: "only HOSTNAME can carry it" },
    {
      path: "spec.setHostnameAsFQDN",
      disposition: "approx",
      reason: "only HOSTNAME can carry it",
    },
    {
      path: "spec.hostnameOverride",
      disposition: "approx",
      reason: "HOSTNAME is set; the kernel's hostname stays this machine's",
    },
    { path: "spec.subdomain", disposition: "ignore", reason: hostResolver },
    ...["spec.hostNetwork", "spec.hostPID", "spec.hostIPC"].flatMap(
      (path): SupportTable => [
        { path, disposition: "exact", reason: "processes have this machine's anyway" },
        {
          path,
          disposition: "approx",
          reason: "processes have this machine's, whatever the value",
          when: (value) => value === false,
        },
      ],
    ),
    {
      path: "spec.hostUsers",
      disposition: "reject",
      reason: "processes have no user namespace of their own",
      accepted: "users of the process are users of this machine",
      default: true,
    },
    {
      path: "spec.resourceClaims",
      disposition: "reject",
      reason: "there is no driver for dynamic resources on this machine",
    },
    {
      path: "spec.shareProcessNamespace",
      disposition: "approx",
      reason: "all processes share this machine's process namespace, whatever the value",
    },
    { path: "spec.imagePullSecrets", disposition: "ignore", reason: "no image is pulled" },
    { path: "spec.dnsPolicy", disposition: "approx", reason: hostResolver },
    {
      path: "spec.dnsPolicy",
      disposition: "reject",
      reason: hostResolver,
      accepted: hostResolver,
      when: (value) => value === "None",
    },
    { path: "spec.dnsConfig", disposition: "reject", reason: hostResolver, accepted: hostResolver },
    { path: "spec.hostAliases", disposition: "reject", reason: hostResolver, accepted: hostResolver },
    {
      path: "spec.runtimeClassName",
      disposition: "reject",
      reason: "there are no runtime handlers",
      accepted: "a process of this machine, as always",
    },
    { path: "spec.resources", disposition: "approx", reason: "counted at admission, not enforced" },
    ...commonSecurity("spec.securityContext", host),
    ...podSecurity,
    { path: "spec.os", disposition: "exact", reason: `this machine runs ${host.operatingSystem}` },
    {
      path: "spec.os.name",
      disposition: "reject",
      reason: `this machine runs ${host.operatingSystem}`,
      when: (value) => value !== "linux",
    },
    {
      path: "spec.ephemeralContainers",
      disposition: "reject",
      reason: "not supported by the local provider",
    },
  ];
}

function containerRules(path: string, host: LocalHost): SupportTable {
  const rule = (field: string, disposition: SupportRule["disposition"], reason = ""): SupportRule => ({
    path: `${path}.${field}`,
    disposition,
    reason,
  });
  const mounted = host.mounts === "namespace";
  return [
    rule("name", "exact"),
    rule(
      "image",
      "approx",
      "nothing is pulled: the command runs on this machine's filesystem, with the default PATH where env sets none, in / where workingDir is not given",
    ),
    rule("imagePullPolicy", "ignore", "no image is pulled"),
    rule("command", "exact"),
    rule("args", "exact"),
    rule("workingDir", "exact"),
    rule("env", "exact"),
    rule("envFrom", "exact"),
    rule("restartPolicy", "exact"),
    rule("restartPolicyRules", "exact"),
    {
      ...rule("restartPolicyRules[].action", "reject", "only Restart is supported"),
      when: (value) => value !== "Restart",
    },
    rule("resources", "approx", "counted at admission, not enforced on processes"),
    rule("resources.claims", "reject", "there is no driver for dynamic resources on this machine"),
    rule("ports", "approx", "the process binds this machine's ports itself; nothing is forwarded"),
    rule("ports[].hostIP", "reject", "the process chooses its own address"),
    {
      ...rule("livenessProbe", "reject", noProbe),
      accepted: "not run; the process goes on until it ends by itself",
    },
    {
      ...rule("readinessProbe", "reject", noProbe),
      accepted: "not run; the process is ready as soon as it runs",
    },
    {
      ...rule("startupProbe", "reject", noProbe),
      accepted: "not run; the process counts as started as soon as it runs",
    },
    { ...rule("lifecycle", "reject", noHook), accepted: "not run" },
    mounted
      ? rule("volumeMounts", "exact")
      : rule(
          "volumeMounts",
          "approx",
          "only a hostPath at its own path is there; the service account's token is not mounted",
        ),
    { ...rule("volumeMounts[].mountPropagation", "reject", "only None is supported"), default: "None" },
    {
      ...rule("volumeMounts[].recursiveReadOnly", "reject", "mounts below are not made read-only"),
      when: (value) => value === "Enabled",
    },
    rule("volumeMounts[].bindMountOptions", "reject", "mounts have no options; remove it"),
    rule("volumeDevices", "reject", "there is no block device to map"),
    rule(
      "terminationMessagePath",
      "approx",
      mounted
        ? "collected unless it lies under /dev, where nothing can be mounted"
        : "not collected without mount namespaces; FallbackToLogsOnError works",
    ),
    rule("terminationMessagePolicy", "exact"),
    { ...rule("tty", "reject", "there is no terminal"), default: false },
    { ...rule("stdin", "reject", "standard input is empty"), default: false },
    { ...rule("stdinOnce", "reject", "standard input is empty"), default: false },
    ...commonSecurity(`${path}.securityContext`, host),
    ...containerSecurity(`${path}.securityContext`, host),
  ];
}

function ownUser(host: LocalHost): string {
  return `processes run as user ${host.uid} and group ${host.gid}, as the kubelet does`;
}

function commonSecurity(path: string, host: LocalHost): SupportTable {
  const user = ownUser(host);
  const unlessSame = (own: number) => (value: unknown) => value !== own;
  return [
    {
      path,
      disposition: "reject",
      reason: "not enforced on processes of this machine",
      accepted: "not enforced",
    },
    { path: `${path}.runAsUser`, disposition: "exact", reason: user },
    {
      path: `${path}.runAsUser`,
      disposition: "reject",
      reason: user,
      accepted: "it runs as that user all the same",
      when: unlessSame(host.uid),
    },
    { path: `${path}.runAsGroup`, disposition: "exact", reason: user },
    {
      path: `${path}.runAsGroup`,
      disposition: "reject",
      reason: user,
      accepted: "it runs as that user all the same",
      when: unlessSame(host.gid),
    },
    { path: `${path}.runAsNonRoot`, disposition: "exact", reason: user },
    {
      path: `${path}.runAsNonRoot`,
      disposition: "reject",
      reason: user,
      accepted: "it runs as that user all the same",
      when: (value) => value === true && host.uid === 0,
    },
    { path: `${path}.seccompProfile.type`, disposition: "approx", reason: "no profile is applied" },
    { path: `${path}.appArmorProfile.type`, disposition: "approx", reason: "no profile is applied" },
  ];
}

const podSecurity: SupportTable = [
  {
    path: "spec.securityContext.fsGroup",
    disposition: "approx",
    reason: "emptyDir is 0777 and files belong to the kubelet's user; no group is added",
  },
  { path: "spec.securityContext.fsGroupChangePolicy", disposition: "ignore", reason: "see fsGroup" },
];

function containerSecurity(path: string, host: LocalHost): SupportTable {
  return [
    {
      path: `${path}.privileged`,
      ...(host.uid === 0
        ? { disposition: "approx", reason: "a root process of this machine, which nothing confines" }
        : { disposition: "reject", reason: `${ownUser(host)}: run the kubelet as root` }),
      default: false,
    },
    ...(host.uid === 0 ? [rootCapabilities(path)] : []),
    { path: `${path}.capabilities.drop`, disposition: "approx", reason: "not enforced on processes" },
    { path: `${path}.allowPrivilegeEscalation`, disposition: "approx", reason: "not enforced on processes" },
    { path: `${path}.readOnlyRootFilesystem`, disposition: "approx", reason: "not enforced on processes" },
  ];
}

/** Without mount namespaces a volume is judged by its mounts, nearly all of which are refused. */
function ofUseWhereMounted(rule: SupportRule): SupportRule {
  return rule.disposition === "exact"
    ? { ...rule, reason: "of use only where it is mounted, and a mount is judged by itself" }
    : rule;
}

function rootCapabilities(path: string): SupportRule {
  return {
    path: `${path}.capabilities.add`,
    disposition: "approx",
    reason: "a root process of this machine has all the capabilities of the kubelet",
  };
}
