import { clientException, notEmulated } from "../service-error.ts";
import { checkFargate, sizeOf } from "./check-job-definition.ts";
import type { JobDefinition } from "./job-definitions.ts";
import { type JobContainer, jobContainers } from "./job-plans.ts";
import type { JobQueue } from "./queues.ts";
import type { SubmitRequest } from "./schemas.ts";

/** User guide, "AWS Batch service quotas": the payload of SubmitJob. */
const payloadLimit = 30 * 1024;
/** Recorded answer of ECS, which Batch passes on: the merged overrides of all containers. */
const overridesLimit = 8192;

/** Refuses what Batch refuses at SubmitJob, and by name what the emulator cannot do. */
export function checkSubmit(request: SubmitRequest, definition: JobDefinition, queue: JobQueue): void {
  if (Buffer.byteLength(JSON.stringify(request)) > payloadLimit) {
    throw clientException("The payload of SubmitJob exceeds 30 KiB.");
  }
  for (const member of [
    "arrayProperties",
    "nodeOverrides",
    "eksPropertiesOverride",
    "consumableResourcePropertiesOverride",
  ]) {
    if (request[member] !== undefined) throw notEmulated(`SubmitJob.${member}`);
  }
  if (!queue.enabled) throw clientException(`JobQueue ${queue.name} is disabled.`);
  // API reference, SubmitJob, shareIdentifier: only with a scheduling policy.
  if (request.shareIdentifier !== undefined) {
    throw clientException("The shareIdentifier must be absent for a job queue without a scheduling policy.");
  }
  const shape = definition.request;
  if (request.containerOverrides && !shape.containerProperties) {
    throw clientException("containerOverrides need a job definition with containerProperties.");
  }
  if (request.ecsPropertiesOverride && !shape.ecsProperties) {
    throw clientException("ecsPropertiesOverride needs a job definition with ecsProperties.");
  }
  checkContainers(request, definition, queue);
}

/** What ECS gets as the overrides of a container: the environment as a whole, nothing where the request says nothing. */
function overridden(
  { name, environment, resourceRequirements }: JobContainer,
  { containerOverrides, ecsPropertiesOverride }: SubmitRequest,
): readonly object[] {
  const several = ecsPropertiesOverride?.taskProperties?.[0]?.containers ?? [];
  const override = containerOverrides ?? several.find((entry) => entry.name === name);
  if (override === undefined) return [];
  return [
    {
      name,
      ...(override.command ? { command: override.command } : {}),
      ...(override.environment ? { environment } : {}),
      resourceRequirements,
    },
  ];
}

function checkContainers(request: SubmitRequest, definition: JobDefinition, queue: JobQueue): void {
  const platform = definition.request.platformCapabilities?.[0] ?? "EC2";
  if (queue.environments[0]?.platform !== platform) {
    throw clientException(
      `The platform capability ${platform} of the job definition is not that of the job queue's compute environment.`,
    );
  }
  const containers = jobContainers(definition, request);
  const known = new Set(containers.map(({ name }) => name));
  for (const { name } of request.ecsPropertiesOverride?.taskProperties?.[0]?.containers ?? []) {
    if (name === undefined || !known.has(name))
      throw clientException(`Unknown container ${name} in overrides.`);
  }
  if (
    JSON.stringify(containers.flatMap((container) => overridden(container, request))).length > overridesLimit
  ) {
    throw clientException(`Container Overrides length must be at most ${overridesLimit}`);
  }
  for (const container of containers) {
    const { vcpus, memory } = sizeOf(container);
    const role = definition.request.containerProperties?.executionRoleArn;
    if (platform === "FARGATE" && definition.request.containerProperties) checkFargate(role, vcpus, memory);
  }
}
