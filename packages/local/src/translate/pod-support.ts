import type { SupportTable } from "@vkubelet/pod";
import type { LocalHost } from "./process-plan.ts";
import { podSecurityRules } from "./security-support.ts";

const hostResolver = "processes use this machine's resolver and hosts file";
const hostnameVariable = "HOSTNAME is set; the kernel's hostname stays this machine's";

/** What this machine makes of the fields of a pod beside its containers and volumes. */
export function podRules(host: LocalHost): SupportTable {
  return [
    { path: "spec.restartPolicy", disposition: "exact", reason: "" },
    { path: "spec.terminationGracePeriodSeconds", disposition: "exact", reason: "" },
    ...(host.hostname === "own" ? ownNameRules : machineNameRules),
    ...(host.mounts === "namespace" ? ownResolverRules : hostResolverRules),
    ...sharingRules,
    ...resourceRules,
    ...podSecurityRules(host),
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

/** In a namespace of its own a container has the pod's names, in the kernel and in its hosts file. */
const ownNameRules: SupportTable = [
  { path: "spec.hostname", disposition: "exact", reason: "" },
  {
    path: "spec.setHostnameAsFQDN",
    disposition: "exact",
    reason: "where the pod has a full name: with a subdomain, on a node that knows the cluster domain",
  },
  { path: "spec.hostnameOverride", disposition: "exact", reason: "" },
  { path: "spec.subdomain", disposition: "exact", reason: "" },
];

const machineNameRules: SupportTable = [
  { path: "spec.hostname", disposition: "approx", reason: hostnameVariable },
  { path: "spec.setHostnameAsFQDN", disposition: "approx", reason: "only HOSTNAME can carry it" },
  { path: "spec.hostnameOverride", disposition: "approx", reason: hostnameVariable },
  { path: "spec.subdomain", disposition: "ignore", reason: hostResolver },
];

/** With mount namespaces a container can have a hosts file and a resolv.conf of its own. */
const ownResolverRules: SupportTable = [
  {
    path: "spec.dnsPolicy",
    disposition: "exact",
    reason: "the cluster's servers where the node knows them, else this machine's",
  },
  { path: "spec.dnsConfig", disposition: "exact", reason: "" },
  { path: "spec.hostAliases", disposition: "exact", reason: "" },
];

const hostResolverRules: SupportTable = [
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
];

const sharingRules: SupportTable = [
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
    path: "spec.shareProcessNamespace",
    disposition: "approx",
    reason: "all processes share this machine's process namespace, whatever the value",
  },
  {
    path: "spec.runtimeClassName",
    disposition: "reject",
    reason: "there are no runtime handlers",
    accepted: "a process of this machine, as always",
  },
];

const resourceRules: SupportTable = [
  {
    path: "spec.resourceClaims",
    disposition: "reject",
    reason: "there is no driver for dynamic resources on this machine",
  },
  { path: "spec.imagePullSecrets", disposition: "ignore", reason: "no image is pulled" },
  { path: "spec.resources", disposition: "approx", reason: "counted at admission, not enforced" },
];
