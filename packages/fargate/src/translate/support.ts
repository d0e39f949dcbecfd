import { awsSupport } from "@vkubelet/aws/translate";
import { containerRules, type SupportRule, type SupportTable } from "@vkubelet/pod";

const both = ["containers", "initContainers"] as const;

/** A probe that is a command can be the health check of a container. */
const execProbes = (
  [
    [
      "livenessProbe",
      "as the health check of the task: when it fails the whole task is stopped, and the host runs it anew by the restart policy",
    ],
    ["readinessProbe", "as the health check of the task"],
    [
      "startupProbe",
      "as the health check of the task, which goes on after the start; a container that never starts up is not restarted for it",
    ],
  ] as const
).map(
  ([path, reason]): SupportRule => ({
    path,
    disposition: "approx",
    reason,
    when: (value) => isObject(value) && isObject(value["exec"]),
  }),
);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

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
      reason: "open, but nothing can attach to it",
    },
    {
      path: "stdinOnce",
      disposition: "approx",
      reason: "the input stays open, since nothing can attach to it",
    },
    ...execProbes,
    { path: "ports[].containerPort", disposition: "exact", reason: "" },
    { path: "ports[].protocol", disposition: "exact", reason: "" },
    {
      path: "ports[].protocol",
      disposition: "reject",
      reason: "only TCP and UDP ports are possible",
      when: (value) => value === "SCTP",
      accepted: "the port is not announced",
    },
    {
      path: "ports[].hostPort",
      disposition: "approx",
      reason: "open at the task's own address, not at the node's",
    },
    {
      path: "ports[].hostIP",
      disposition: "reject",
      reason: "there is no host address to bind: remove it",
      accepted: "the port is open at the task's own address",
    },
    {
      path: "resources.limits",
      disposition: "approx",
      reason: "memory is a hard limit; CPU is limited by the size of the whole task only",
    },
    ...["cpu", "memory", "ephemeral-storage"].map(
      (name): SupportRule => ({
        path: `resources.requests["${name}"]`,
        disposition: "exact",
        reason: "counts for the size of the task: the next that Fargate has",
      }),
    ),
    { path: "resources.requests", disposition: "approx", reason: "the same as its limit" },
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
    path: "spec.initContainers[].restartPolicy",
    disposition: "approx",
    reason: "ECS starts a sidecar again at once, and only when it ran for a minute",
    when: (value) => value === "Always",
  },
  {
    path: "spec.resources.requests",
    disposition: "exact",
    reason: "the size of the task",
  },
  {
    path: "spec.resources.limits",
    disposition: "approx",
    reason: "memory counts for the size of the task, which is also its limit",
  },
  {
    path: "spec.restartPolicy",
    disposition: "exact",
    reason: "a task runs once",
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
    accepted: "the pod has an address of its own and cannot be reached at the node's",
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
  { path: "spec.securityContext.sysctls", disposition: "exact", reason: "" },
  {
    path: 'spec.nodeSelector["kubernetes.io/arch"]',
    disposition: "exact",
    reason: "the architecture of the task",
  },
  {
    path: 'spec.nodeSelector["kubernetes.io/arch"]',
    disposition: "reject",
    reason: "Fargate has amd64 and arm64 only",
    when: (value) => value !== "amd64" && value !== "arm64",
  },
];
