import { awsSupport } from "@vkubelet/aws/translate";
import { containerRules, type SupportTable } from "@vkubelet/pod";

const both = ["containers", "initContainers"] as const;

/** What Batch makes of every field of PodSpec. */
export const batchSupport: SupportTable = [
  ...awsSupport,
  ...containerRules(both, [
    {
      path: "command",
      disposition: "approx",
      reason: "sent as CMD, which is right where the image has no ENTRYPOINT",
    },
    {
      path: "workingDir",
      disposition: "reject",
      reason: "Batch sets no working directory: use an absolute path",
    },
    { path: "tty", disposition: "reject", reason: "Batch gives no terminal: remove it" },
    { path: "stdin", disposition: "reject", reason: "Batch opens no input: remove it" },
    { path: "ports[].containerPort", disposition: "ignore", reason: "ports need not be announced" },
    { path: "ports[].protocol", disposition: "ignore", reason: "ports need not be announced" },
    {
      path: "ports[].hostPort",
      disposition: "approx",
      reason: "the port of the job's own address or, on EC2, of the instance; nothing is reserved",
    },
    { path: "ports[].hostIP", disposition: "reject", reason: "there is no host address to bind: remove it" },
    {
      path: "resources.limits",
      disposition: "approx",
      reason: "memory is a hard limit; CPU is not limited below what the job gets",
    },
    {
      path: "resources.requests",
      disposition: "approx",
      reason:
        "one number per resource: CPU is rounded up to what the platform sells, memory follows the limit",
    },
    {
      path: "securityContext.capabilities",
      disposition: "reject",
      reason: "Batch sets no capabilities: remove it",
    },
    { path: "securityContext.privileged", disposition: "exact", reason: "" },
  ]),
  {
    path: "spec.resources",
    disposition: "reject",
    reason: "a job has no size of its own: set it on the containers",
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
    reason: "the host submits a new job: new address, empty volumes",
    when: (value) => value === "OnFailure",
  },
  {
    path: "spec.restartPolicy",
    disposition: "reject",
    reason: "a Batch job only finishes: use a Job or restartPolicy Never or OnFailure",
  },
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "approx",
    reason: "30 s for a pod of one container, else 2 to 120 s fixed when the definition is registered",
  },
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "exact",
    reason: "",
    when: (value) => value === 30,
  },
  {
    path: "spec.hostNetwork",
    disposition: "reject",
    reason: "Fargate gives a network of its own, and EC2 leaves no choice: remove it",
    default: false,
  },
  { path: "spec.hostPID", disposition: "reject", reason: "not translated: remove it", default: false },
  { path: "spec.hostIPC", disposition: "reject", reason: "not translated: remove it", default: false },
  {
    path: "spec.hostUsers",
    disposition: "reject",
    reason: "Batch has no user namespaces: remove it",
    default: true,
  },
  {
    path: "spec.shareProcessNamespace",
    disposition: "exact",
    reason: "",
  },
  { path: "spec.securityContext.sysctls", disposition: "reject", reason: "Batch sets no sysctls: remove it" },
];
