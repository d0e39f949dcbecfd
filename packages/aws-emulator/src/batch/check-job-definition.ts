import type { z } from "zod";
import { isFargateSize } from "../fargate-size.ts";
import { clientException, notEmulated } from "../service-error.ts";
import { checkFileSystems, type mountPoints, type volumes } from "../tasks/mount-plans.ts";
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
    const { executionRoleArn, jobRoleArn } = containerProperties;
    checkMembers(containerProperties, "containerProperties", fargate, executionRoleArn);
    checkVolumes(containerProperties.volumes, containerProperties.mountPoints, jobRoleArn);
    checkLogs(containerProperties.logConfiguration);
    if (fargate) checkFargate(containerProperties.executionRoleArn, vcpus, memory);
  }
  const task = ecsProperties?.taskProperties[0];
  if (task) {
    for (const container of task.containers) {
      checkMembers(container, container.name, fargate, task.executionRoleArn);
      sizeOf(container);
      checkVolumes(task.volumes, container.mountPoints, task["taskRoleArn"]);
      checkLogs(container.logConfiguration);
    }
    checkOrder(task.containers);
    // Whether the table of sizes is applied to the sum over containers is not documented, so it is not here.
    if (fargate) {
      checkFargate(task.executionRoleArn);
      if (task["ipcMode"] !== undefined) throw clientException("ipcMode is not supported on Fargate.");
      if (task["pidMode"] === "host") throw clientException("pidMode host is not supported on Fargate.");
    }
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

/** API reference, LinuxParameters: members that jobs on Fargate must not have. */
const notOnFargate = ["devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness"];

interface Container {
  readonly environment?: readonly { readonly name: string }[] | undefined;
  readonly secrets?: readonly { readonly name: string }[] | undefined;
  readonly linuxParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly firelensConfiguration?: unknown;
  readonly privileged?: unknown;
}

function checkMembers(container: Container, where: string, fargate: boolean, executionRole: unknown): void {
  const { secrets = [], environment = [], linuxParameters = {} } = container;
  if (container.firelensConfiguration !== undefined) throw notEmulated(`${where}.firelensConfiguration`);
  const names = [...secrets, ...environment].map(({ name }) => name);
  if (secrets.length > 0 && new Set(names).size !== names.length) {
    throw clientException(`${where}: the names of secrets and environment must be unique.`);
  }
  if (secrets.length > 0 && !executionRole) throw clientException("Secrets need an executionRoleArn.");
  if (!fargate) return;
  const invalid = notOnFargate.find((member) => linuxParameters[member] !== undefined);
  if (invalid) throw clientException(`linuxParameters.${invalid} is not applicable to jobs on Fargate.`);
  if (container.privileged === true) throw clientException("privileged is not supported on Fargate.");
}

function checkVolumes(
  written: z.output<typeof volumes> = [],
  points: z.output<typeof mountPoints> = [],
  taskRole: unknown,
): void {
  checkFileSystems(written, taskRole !== undefined);
  for (const { name, host, efsVolumeConfiguration: _efs, ...rest } of written) {
    const kind = Object.keys(rest).find((member) => rest[member] !== undefined);
    if (kind) throw notEmulated(`volumes[${name}].${kind}`);
    if (typeof host === "object" && host !== null && "sourcePath" in host && host.sourcePath) {
      throw notEmulated(`volumes[${name}].host.sourcePath`);
    }
  }
  const unknown = points.find(({ sourceVolume }) => !written.some(({ name }) => name === sourceVolume));
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
