import { awsSupport } from "@vkubelet/aws/translate";
import { containerRules, type SupportTable } from "@vkubelet/pod";

const both = ["containers", "initContainers"] as const;

/** What Fargate makes of every field of PodSpec. */
export const fargateSupport: SupportTable = [
  ...awsSupport,
  ...containerRules(both, [
    { path: "command", disposition: "exact", reason: "" },
    { path: "workingDir", disposition: "exact", reason: "" },
    { path: "tty", disposition: "exact", reason: "" },
    {
      path: "stdin",
      disposition: "approx",
      reason: "input is closed at once; nothing can attach to it",
    },
    { path: "ports[].containerPort", disposition: "exact", reason: "" },
    { path: "ports[].protocol", disposition: "exact", reason: "" },
    {
      path: "ports[].protocol",
      disposition: "reject",
      reason: "only TCP and UDP ports are possible",
      when: (value) => value === "SCTP",
    },
    {
      path: "ports[].hostPort",
      disposition: "approx",
      reason: "open at the task's own address, not at the node's",
    },
    { path: "ports[].hostIP", disposition: "reject", reason: "there is no host address to bind: remove it" },
    {
      path: "resources.limits",
      disposition: "approx",
      reason: "memory is a hard limit; CPU is limited by the size of the whole task only",
    },
    {
      path: "resources.requests",
      disposition: "approx",
      reason: "the sum is rounded up to the next Fargate size",
    },
    { path: "securityContext.capabilities.drop", disposition: "exact", reason: "" },
    {
      path: "securityContext.capabilities.add",
      disposition: "exact",
      reason: "",
    },
    {
      path: "securityContext.privileged",
      disposition: "reject",
      reason: "not possible on Fargate",
      default: false,
    },
  ]),
  {
    path: "spec.resources",
    disposition: "approx",
    reason: "the sum is rounded up to the next Fargate size",
  },
  {
    path: "spec.restartPolicy",
    disposition: "exact",
    reason: "",
    when: (value) => value === "Never",
  },
  {
    path: "spec.restartPolicy",
    disposition: "approx",
    reason: "the host runs the whole pod anew: new address, empty volumes",
  },
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "approx",
    reason: "2 to 120 s, fixed when the definition is registered; a deletion cannot change it",
  },
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "exact",
    reason: "",
    when: (value) => typeof value === "number" && value >= 2 && value <= 120,
  },
  {
    path: "spec.hostNetwork",
    disposition: "reject",
    reason: "a task has a network of its own",
    default: false,
  },
  { path: "spec.hostPID", disposition: "reject", reason: "there is no host to share with", default: false },
  { path: "spec.hostIPC", disposition: "reject", reason: "there is no host to share with", default: false },
  {
    path: "spec.hostUsers",
    disposition: "approx",
    reason: "no user namespace, but every task has a kernel of its own",
    default: true,
  },
  { path: "spec.shareProcessNamespace", disposition: "exact", reason: "" },
  {
    path: "spec.securityContext.sysctls",
    disposition: "reject",
    reason: "not translated: remove it",
  },
];
