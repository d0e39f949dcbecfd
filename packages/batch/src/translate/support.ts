import { awsSupport } from "@vkubelet/aws/translate";
import { containerRules, type SupportRule, type SupportTable } from "@vkubelet/pod";
import type { BatchTranslateOptions } from "./options.ts";

const both = ["containers", "initContainers"] as const;

const containers = containerRules(both, [
  {
    path: "command",
    disposition: "approx",
    reason: "sent as CMD, which is right where the image has no ENTRYPOINT",
  },
  {
    path: "workingDir",
    disposition: "reject",
    reason: "Batch sets no working directory: use an absolute path",
    accepted: "the program starts in the directory that its image names",
  },
  {
    path: "tty",
    disposition: "reject",
    reason: "Batch gives no terminal: remove it",
    default: false,
    accepted: "the program has no terminal",
  },
  { path: "ports[].containerPort", disposition: "ignore", reason: "ports need not be announced" },
  { path: "ports[].protocol", disposition: "ignore", reason: "ports need not be announced" },
  {
    path: "ports[].hostPort",
    disposition: "approx",
    reason: "the port of the job's own address or, on EC2, of the instance; nothing is reserved",
  },
  {
    path: "ports[].hostIP",
    disposition: "reject",
    reason: "there is no host address to bind: remove it",
    accepted: "the port is open at every address of the job",
  },
  {
    path: "resources.limits",
    disposition: "approx",
    reason: "memory is a hard limit; CPU is not limited below what the job gets",
  },
  {
    path: 'resources.requests["ephemeral-storage"]',
    disposition: "approx",
    reason: "counts for the storage of a job on Fargate; on EC2 the disk of the instance is not divided",
  },
  ...["cpu", "memory"].map(
    (name): SupportRule => ({
      path: `resources.requests["${name}"]`,
      disposition: "exact",
      reason: "what the container gets, in the steps of the platform",
    }),
  ),
  { path: "resources.requests", disposition: "approx", reason: "the same as its limit" },
  {
    path: "securityContext.capabilities.add",
    disposition: "exact",
    reason: "the common capabilities are there anyway; any other is rejected",
  },
  {
    path: "securityContext.capabilities.drop",
    disposition: "reject",
    reason: "Batch takes no capabilities away: remove it",
    accepted: "the container keeps the common capabilities",
  },
]);

const pod: SupportTable = [
  {
    path: "spec.initContainers[].restartPolicy",
    disposition: "approx",
    reason: "a sidecar that ends is not started again",
    when: (value) => value === "Always",
  },
  {
    path: "spec.resources",
    disposition: "approx",
    reason: "a job has no size of its own: what the containers do not name goes to the first",
  },
  {
    path: "spec.restartPolicy",
    disposition: "exact",
    reason: "a job has one attempt",
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
  { path: "spec.shareProcessNamespace", disposition: "exact", reason: "" },
  {
    path: "spec.securityContext.sysctls",
    disposition: "reject",
    reason: "Batch sets no sysctls: remove it",
    accepted: "the platform's own values hold",
  },
];

const onFargate: SupportTable = [
  ...containerRules(both, [
    {
      path: "securityContext.privileged",
      disposition: "reject",
      reason: "Fargate runs no privileged containers: use a queue on EC2",
      default: false,
    },
  ]),
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
    reason: "a job on Fargate has a network of its own: remove it, or use a queue on EC2",
    default: false,
    accepted: "the pod has an address of its own and cannot be reached at the node's",
  },
  ...["spec.hostPID", "spec.hostIPC"].map((path) => ({
    path,
    disposition: "reject" as const,
    reason: "there is no host to share with: use a queue on EC2",
    default: false,
  })),
  {
    path: "spec.hostUsers",
    disposition: "approx",
    reason: "no user namespace, but every job has a kernel of its own",
    default: true,
  },
];

const onEc2: SupportTable = [
  ...containerRules(both, [{ path: "securityContext.privileged", disposition: "exact", reason: "" }]),
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "approx",
    reason: "at least 2 s, fixed when the definition is registered; a deletion cannot change it",
  },
  {
    path: "spec.terminationGracePeriodSeconds",
    disposition: "exact",
    reason: "",
    when: (value) => typeof value === "number" && value >= 2,
  },
  {
    path: "spec.hostNetwork",
    disposition: "approx",
    reason: "a job on EC2 always uses the network of its instance",
    default: false,
  },
  { path: "spec.hostPID", disposition: "exact", reason: "" },
  { path: "spec.hostIPC", disposition: "exact", reason: "" },
  {
    path: "spec.hostUsers",
    disposition: "reject",
    reason: "Batch has no user namespaces: remove it",
    default: true,
    accepted: "root of the container is root of the instance",
  },
  { path: "spec.volumes[].hostPath", disposition: "exact", reason: "" },
  {
    path: "spec.volumes[].hostPath.type",
    disposition: "reject",
    reason: "the instance cannot be looked at before: use DirectoryOrCreate or remove it",
    default: "",
    accepted: "what is at the path is mounted unseen, and a directory is made where nothing is",
  },
  {
    path: "spec.volumes[].hostPath.type",
    disposition: "exact",
    reason: "a directory is made where nothing is",
    when: (value) => value === "DirectoryOrCreate",
  },
];

/** What Batch makes of every field of PodSpec, on the platform of the queue. */
export function batchSupport({
  platform,
  architecture = "amd64",
}: Pick<BatchTranslateOptions, "platform" | "architecture">): SupportTable {
  return [
    ...awsSupport,
    ...containers,
    ...pod,
    ...(platform === "EC2" ? onEc2 : onFargate),
    {
      path: 'spec.nodeSelector["kubernetes.io/arch"]',
      disposition: "reject",
      reason: `the queue is for ${architecture}: use a node of the other architecture`,
      when: (value) => value !== architecture,
    },
  ];
}
