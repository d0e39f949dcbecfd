import { isFargateSize } from "../fargate-size.ts";
import { clientException, notEmulated } from "../service-error.ts";
import type { JobDefinitionRequest, LogConfiguration, Resources } from "./schemas.ts";

/** User guide, "AWS Batch service quotas": the size of a job definition. */
const definitionLimit = 24 * 1024;

type TaskContainer = NonNullable<
  JobDefinitionRequest["ecsProperties"]
>["taskProperties"][number]["containers"][number];

/** Refuses what Batch refuses at RegisterJobDefinition, and by name what the emulator cannot do. */
export function checkJobDefinition(request: JobDefinitionRequest): void {
  if (Buffer.byteLength(JSON.stringify(request)) > definitionLimit) {
    throw clientException("The job definition exceeds 24 KiB.");
  }
  for (const member of ["nodeProperties", "eksProperties", "consumableResourceProperties"]) {
    if (request[member] !== undefined) throw notEmulated(member);
  }
  if (request.type !== "container") throw notEmulated("a multinode job definition");
  const { containerProperties, ecsProperties } = request;
  // API reference, RegisterJobDefinition: exactly one of the shapes.
  if ((containerProperties === undefined) === (ecsProperties === undefined)) {
    throw clientException("Exactly one of containerProperties and ecsProperties must be given.");
  }
  const fargate = request.platformCapabilities?.includes("FARGATE") ?? false;
  if (request.platformCapabilities?.includes("MANAGED_INSTANCES")) throw notEmulated("MANAGED_INSTANCES");
  if (containerProperties) {
    const { vcpus, memory } = sizeOf(containerProperties);
    checkMembers(containerProperties, "containerProperties");
    checkVolumes(containerProperties.volumes, containerProperties.mountPoints);
    checkLogs(containerProperties.logConfiguration);
    if (fargate) checkFargate(containerProperties.executionRoleArn, vcpus, memory);
  }
  const task = ecsProperties?.taskProperties[0];
  if (task) {
    for (const container of task.containers) {
      checkMembers(container, container.name);
      sizeOf(container);
      checkVolumes(task.volumes, container.mountPoints);
      checkLogs(container.logConfiguration);
    }
    checkOrder(task.containers);
    // Whether the table of sizes is applied to the sum over containers is not documented, so it is not here.
    if (fargate) checkFargate(task.executionRoleArn);
  }
}

/** What a container asks for; API reference, ResourceRequirement. */
export function sizeOf(container: {
  readonly resourceRequirements?: Resources | undefined;
  readonly vcpus?: unknown;
  readonly memory?: unknown;
}): { readonly vcpus: number; readonly memory: number } {
  const value = (type: string, old: unknown) =>
    Number(container.resourceRequirements?.find((entry) => entry.type === type)?.value ?? old);
  const vcpus = value("VCPU", container.vcpus);
  const memory = value("MEMORY", container.memory);
  if (container.resourceRequirements?.some(({ type }) => type === "GPU")) throw notEmulated("GPU");
  if (!(vcpus > 0) || !(memory > 0)) {
    throw clientException("Container resourceRequirements must hold VCPU and MEMORY.");
  }
  return { vcpus, memory };
}

/** Refuses what Fargate refuses: API reference, ContainerProperties and ResourceRequirement. */
export function checkFargate(executionRoleArn: string | undefined, vcpus?: number, memory?: number): void {
  if (!executionRoleArn) throw clientException("Fargate jobs must have an executionRoleArn.");
  if (vcpus !== undefined && memory !== undefined && !isFargateSize(vcpus * 1024, memory)) {
    throw clientException(`Fargate has no size of ${vcpus} vCPU and ${memory} MiB.`);
  }
}

function checkMembers(container: Readonly<Record<string, unknown>>, where: string): void {
  for (const member of ["secrets", "firelensConfiguration"]) {
    const value = container[member];
    if (Array.isArray(value) ? value.length > 0 : value !== undefined)
      throw notEmulated(`${where}.${member}`);
  }
}

function checkVolumes(
  volumes: readonly Readonly<Record<string, unknown>>[] = [],
  mountPoints: readonly { readonly sourceVolume: string }[] = [],
): void {
  for (const { name, host, ...rest } of volumes) {
    const kind = Object.keys(rest).find((member) => rest[member] !== undefined);
    if (kind) throw notEmulated(`volumes[${name}].${kind}`);
    if (typeof host === "object" && host !== null && "sourcePath" in host && host.sourcePath) {
      throw notEmulated(`volumes[${name}].host.sourcePath`);
    }
  }
  const unknown = mountPoints.find(({ sourceVolume }) => !volumes.some(({ name }) => name === sourceVolume));
  if (unknown) throw clientException(`Unknown volume '${unknown.sourceVolume}'.`);
}

function checkLogs(logs: LogConfiguration | undefined): void {
  if (logs && logs.logDriver !== "awslogs") throw notEmulated(`log driver ${logs.logDriver}`);
}

/** API reference, TaskContainerProperties: essential and dependsOn. */
function checkOrder(containers: readonly TaskContainer[]): void {
  if (!containers.some(({ essential }) => essential ?? true)) {
    throw clientException("At least one container must be essential.");
  }
  const names = containers.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw clientException("Container names must be unique.");
  for (const { name, dependsOn = [] } of containers) {
    for (const { containerName, condition } of dependsOn) {
      const target = containers.find((other) => other.name === containerName);
      if (!target) throw clientException(`Container ${name} depends on unknown ${containerName}.`);
      if (condition !== "START" && (target.essential ?? true)) {
        throw clientException(
          "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
        );
      }
    }
  }
  const done = new Set<string>();
  for (let left = containers; left.length > 0; left = left.filter(({ name }) => !done.has(name))) {
    const ready = left.filter(({ dependsOn = [] }) =>
      dependsOn.every((entry) => done.has(entry.containerName)),
    );
    if (ready.length === 0) throw clientException("Container dependencies form a cycle.");
    for (const { name } of ready) done.add(name);
  }
}
