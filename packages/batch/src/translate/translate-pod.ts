import { mapPod, type PodMappingOptions, podNeeds, rejectUnknownResources } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import { defineTranslator, type FieldAccount, type Translator } from "@vkubelet/pod";
import { checkEnvironment, commandOf, commonContainer } from "./container-request.ts";
import { containerSizes } from "./job-size.ts";
import type { BatchTranslateOptions } from "./options.ts";
import { type BatchRequests, buildRequests } from "./requests.ts";
import { batchSupport } from "./support.ts";

const fargateResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);
const ec2Resources: ReadonlySet<string> = new Set([...fargateResources, "nvidia.com/gpu"]);

/** Pods as AWS Batch jobs. The same for the same input byte for byte. */
export const batchTranslator: Translator<BatchTranslateOptions, BatchRequests> = defineTranslator({
  backend: "batch",
  support: batchSupport,
  map: mapToJob,
  operations: ({ registerJobDefinition, submitJob }) => [
    { operation: "RegisterJobDefinition", input: registerJobDefinition },
    { operation: "SubmitJob", input: submitJob },
  ],
});

function mapToJob(
  pod: ResolvedPod,
  options: BatchTranslateOptions,
  account: FieldAccount,
): BatchRequests | undefined {
  const platform = options.platform ?? "FARGATE";
  const mapping = mapPod(pod, mappingOptions(options), account);
  rejectUnknownResources(pod, platform === "EC2" ? ec2Resources : fargateResources, account);
  if (pod.restartPolicy === "Always") {
    account.reject(
      "spec.restartPolicy",
      "a Batch job only finishes: use a Job or restartPolicy Never or OnFailure",
    );
  }
  if (mapping.firstEndStopsOthers) {
    account.approximate(
      "spec.containers",
      "the first main container to end stops the others; the option sentinelImage lets each end by itself",
    );
  }
  if (mapping.containers.some(({ role }) => role === "sentinel")) {
    account.approximate(
      "spec.containers",
      "Batch calls a job RUNNING once its last container has started, and the sentinel's turn is the last: the pod shows Pending, and logs may be missing, until all main containers have ended",
    );
  }
  const sizes = containerSizes(mapping.containers, podNeeds(pod), platform, account);
  const ephemeralGiB = platform === "EC2" ? undefined : ephemeralStorage(pod, account);
  const containers = mapping.containers.map((mapped) => ({
    mapped,
    common: commonContainer(pod, mapped, options, account),
  }));
  const values = mapping.containers.map((mapped) => {
    checkEnvironment(mapped, account);
    const command = commandOf(mapped, options, account);
    return { name: mapped.name, environment: mapped.environment, ...(command ? { command } : {}) };
  });
  const requests = buildRequests({
    pod,
    options,
    containers,
    values,
    sizes,
    volumes: mapping.volumes,
    ephemeralGiB,
  });
  if (requests === undefined) {
    account.reject(
      "spec.containers",
      "becomes more than Batch's 24 KiB of definition or 30 KiB of submission: shorten environment, commands or files",
    );
  }
  return requests;
}

function mappingOptions(options: BatchTranslateOptions): PodMappingOptions {
  const { secrets, secretArns, writerImage, sentinelImage, region, fileSystems } = options;
  const onEc2 = options.platform === "EC2";
  return {
    secrets,
    secretArns,
    writerImage,
    sentinelImage,
    region,
    fileSystems,
    hasExecutionRole: options.executionRoleArn !== undefined,
    hasTaskRole: options.jobRoleArn !== undefined,
    tmpfs: onEc2,
    hostPaths: onEc2,
  };
}

/** For Fargate; on EC2 the disk of the instance is not divided. Undefined where the included 20 GiB are enough. */
function ephemeralStorage(pod: ResolvedPod, account: FieldAccount): number | undefined {
  const { ephemeralGiB } = podNeeds(pod);
  if (ephemeralGiB > 200n) {
    account.reject(
      "spec.containers",
      `need ${ephemeralGiB} GiB of ephemeral storage together; Fargate gives at most 200`,
    );
  }
  return ephemeralGiB > 20n ? Number(ephemeralGiB) : undefined;
}
