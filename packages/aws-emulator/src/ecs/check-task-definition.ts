import { isFargateSize } from "../fargate-size.ts";
import { clientException, notEmulated } from "../service-error.ts";
import { checkFileSystems } from "../tasks/mount-plans.ts";
import { checkLinuxParameters, checkPorts, checkSecrets } from "./check-container.ts";
import type { ContainerDefinition, RegisterRequest } from "./schemas.ts";

/** Service quota "Task definition size". */
const definitionLimit = 64 * 1024;
/** Service quota "Containers per task definition". */
const containerLimit = 10;

/** Members that would change what a container does and that the emulator has no means for. */
const unsupportedMembers = ["environmentFiles", "firelensConfiguration", "resourceRequirements"];
/** Developer guide, "Task definition parameters … not valid in Fargate tasks". */
const invalidOnFargate = [
  "disableNetworking",
  "dnsSearchDomains",
  "dnsServers",
  "dockerSecurityOptions",
  "extraHosts",
  "links",
  "privileged",
];

/** Refuses what ECS refuses for Fargate at RegisterTaskDefinition, and by name what the emulator cannot do. */
export function checkTaskDefinition(request: RegisterRequest): void {
  const size = Buffer.byteLength(JSON.stringify(request));
  if (size > definitionLimit) throw clientException("Actual length of the task definition exceeds 64 KiB.");
  const containers = request.containerDefinitions;
  if (containers.length > containerLimit) {
    throw clientException(`Too many containers: ${containers.length}, at most ${containerLimit}.`);
  }
  checkSize(request);
  if (!containers.some(isEssential)) {
    throw clientException("Invalid setting for container. At least one container must be essential.");
  }
  const names = containers.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw clientException("Container names must be unique.");
  checkVolumes(request);
  for (const container of containers) checkContainer(container, request);
  checkPorts(containers);
  checkCycles(containers);
}

function isEssential({ essential }: ContainerDefinition): boolean {
  return essential ?? true;
}

function checkSize({ requiresCompatibilities, networkMode, cpu, memory }: RegisterRequest): void {
  if (!requiresCompatibilities?.includes("FARGATE")) {
    throw notEmulated("a task definition without requiresCompatibilities FARGATE");
  }
  if (networkMode !== "awsvpc") {
    throw clientException("Fargate only supports network mode ‘awsvpc’.");
  }
  if (cpu === undefined || memory === undefined) {
    throw clientException("Fargate requires that 'cpu' and 'memory' be defined at the task level.");
  }
  if (!isFargateSize(cpuUnits(cpu), mebibytes(memory))) {
    throw clientException("No Fargate configuration exists for given values.");
  }
}

/** `1 vCPU` or `1024` (API reference, RegisterTaskDefinition, cpu). */
export function cpuUnits(text: string): number {
  const vcpus = /^([\d.]+)\s*vcpu$/i.exec(text)?.[1];
  return vcpus === undefined ? Number(text) : Number(vcpus) * 1024;
}

/** `2 GB` or `2048` (API reference, RegisterTaskDefinition, memory). */
export function mebibytes(text: string): number {
  const gigabytes = /^([\d.]+)\s*gb$/i.exec(text)?.[1];
  return gigabytes === undefined ? Number(text) : Number(gigabytes) * 1024;
}

function checkVolumes({ volumes = [], taskRoleArn }: RegisterRequest): void {
  checkFileSystems(volumes, taskRoleArn !== undefined);
  for (const { name, host, efsVolumeConfiguration: _efs, ...rest } of volumes) {
    const kind = Object.keys(rest).find((member) => rest[member] !== undefined && rest[member] !== false);
    if (kind !== undefined) throw notEmulated(`volumes[${name}].${kind}`);
    if (typeof host === "object" && host !== null && "sourcePath" in host && host.sourcePath) {
      throw clientException("host.sourcePath should not be set for volumes in Fargate.");
    }
  }
}

function checkContainer(container: ContainerDefinition, request: RegisterRequest): void {
  const { containerDefinitions, volumes } = request;
  const set = (member: string) => {
    const value = container[member];
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  };
  const unsupported = unsupportedMembers.find(set);
  if (unsupported) throw notEmulated(`containerDefinitions[${container.name}].${unsupported}`);
  const invalid = invalidOnFargate.find(set);
  if (invalid) throw clientException(`The ${invalid} parameter is not supported on Fargate.`);
  const { memory, memoryReservation } = container;
  // API reference, ContainerDefinition: memory must be greater than memoryReservation when both are set.
  if (memory !== undefined && memoryReservation !== undefined && memory <= memoryReservation) {
    throw clientException(
      "Invalid setting for container. 'memory' must be greater than 'memoryReservation'.",
    );
  }
  for (const { sourceVolume } of container.mountPoints ?? []) {
    if (!volumes?.some(({ name }) => name === sourceVolume)) {
      throw clientException(`Unknown volume '${sourceVolume}'.`);
    }
  }
  checkSecrets(container, request);
  checkLinuxParameters(container);
  checkLogs(container, request);
  for (const { containerName, condition } of container.dependsOn ?? []) {
    const target = containerDefinitions.find(({ name }) => name === containerName);
    if (!target)
      throw clientException(`Container '${container.name}' depends on unknown '${containerName}'.`);
    // Recorded answer: boto3#2436.
    if ((condition === "SUCCESS" || condition === "COMPLETE") && isEssential(target)) {
      throw clientException(
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
      );
    }
    if (condition === "HEALTHY" && !target.healthCheck) {
      throw clientException(`Container '${containerName}' has no health check to depend on.`);
    }
  }
}

function checkLogs(
  { name, logConfiguration }: ContainerDefinition,
  { executionRoleArn }: RegisterRequest,
): void {
  if (!logConfiguration) return;
  if (logConfiguration.logDriver !== "awslogs") throw notEmulated(`log driver ${logConfiguration.logDriver}`);
  // Recorded answer of ECS.
  if (!executionRoleArn) {
    throw clientException(
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
  }
  // Developer guide, "awslogs log driver": group and region are needed, and on Fargate the stream prefix.
  for (const option of ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"]) {
    if (!logConfiguration.options?.[option]) {
      throw clientException(`Log driver awslogs requires options: ${option} (container ${name})`);
    }
  }
  for (const option of ["awslogs-datetime-format", "awslogs-multiline-pattern"]) {
    if (logConfiguration.options?.[option]) throw notEmulated(`log option ${option}`);
  }
}

function checkCycles(containers: readonly ContainerDefinition[]): void {
  const done = new Set<string>();
  let left = containers;
  while (left.length > 0) {
    const ready = left.filter(({ dependsOn = [] }) =>
      dependsOn.every((entry) => done.has(entry.containerName)),
    );
    if (ready.length === 0) throw clientException("Container dependencies form a cycle.");
    for (const { name } of ready) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
  }
}
