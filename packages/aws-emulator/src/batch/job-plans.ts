import type { ContainerPlan, LogTarget } from "../tasks/container-plan.ts";
import { mountPlans } from "../tasks/mount-plans.ts";
import type { JobDefinition } from "./job-definitions.ts";
import type { LogConfiguration, Resources, SubmitRequest } from "./schemas.ts";

type Environment = readonly { readonly name: string; readonly value?: string | undefined }[];

/** A container of a job under the overrides of SubmitJob. */
export interface JobContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly resourceRequirements: Resources;
  readonly essential: boolean;
  readonly dependsOn: ContainerPlan["dependsOn"];
  readonly startTimeout: number | undefined;
  readonly stopTimeout: number | undefined;
  readonly user: string | undefined;
  readonly mounts: ContainerPlan["mounts"];
  readonly secrets: ContainerPlan["secrets"];
  readonly logConfiguration: LogConfiguration | undefined;
}

/** The name of the only container of `containerProperties`, as it stands in log streams. */
export const onlyContainer = "default";

interface Override {
  readonly command?: readonly string[] | undefined;
  readonly environment?: Environment | undefined;
  readonly resourceRequirements?: Resources | undefined;
}

/** The containers of a job. */
export function jobContainers({ request }: JobDefinition, submit: SubmitRequest): readonly JobContainer[] {
  const parameters = { ...request.parameters, ...submit.parameters };
  const single = request.containerProperties;
  if (single) {
    const only = { ...single, name: onlyContainer };
    return [jobContainer(only, single.volumes, submit.containerOverrides, parameters)];
  }
  const overrides = submit.ecsPropertiesOverride?.taskProperties?.[0]?.containers ?? [];
  const task = request.ecsProperties?.taskProperties[0];
  return (task?.containers ?? []).map((container) =>
    jobContainer(
      container,
      task?.volumes,
      overrides.find(({ name }) => name === container.name),
      parameters,
    ),
  );
}

type WrittenTask = NonNullable<JobDefinition["request"]["ecsProperties"]>["taskProperties"][number];
type Written = WrittenTask["containers"][number];

function jobContainer(
  container: Written,
  volumes: WrittenTask["volumes"],
  override: Override | undefined,
  parameters: Readonly<Record<string, string>>,
): JobContainer {
  const command = override?.command?.length ? override.command : (container.command ?? []);
  return {
    name: container.name,
    image: container.image,
    command: command.map((word) => substitute(word, parameters)),
    environment: merged(container.environment ?? [], override?.environment ?? []),
    resourceRequirements: mergedResources(container, override?.resourceRequirements ?? []),
    essential: container.essential ?? true,
    dependsOn: container.dependsOn ?? [],
    startTimeout: container.startTimeout,
    stopTimeout: container.stopTimeout,
    user: container.user,
    mounts: mountPlans(container.name, container.mountPoints, volumes, container.linuxParameters?.tmpfs),
    secrets: container.secrets ?? [],
    logConfiguration: container.logConfiguration,
  };
}

/** User guide, "Job definition parameters": `Ref::name` stands for the parameter of that name. */
function substitute(word: string, parameters: Readonly<Record<string, string>>): string {
  return word.replaceAll(/Ref::([A-Za-z0-9_-]+)/g, (whole, name: string) =>
    Object.hasOwn(parameters, name) ? (parameters[name] ?? "") : whole,
  );
}

function merged(below: Environment, above: Environment): Environment {
  const replaced = new Set(above.map(({ name }) => name));
  return [...below.filter(({ name }) => !replaced.has(name)), ...above];
}

function mergedResources(container: Written, above: Resources): Resources {
  const old = [
    { type: "VCPU" as const, value: container["vcpus"] },
    { type: "MEMORY" as const, value: container["memory"] },
  ].flatMap(({ type, value }) => (typeof value === "number" ? [{ type, value: String(value) }] : []));
  const below = container.resourceRequirements ?? old;
  const replaced = new Set(above.map(({ type }) => type));
  return [...below.filter(({ type }) => !replaced.has(type)), ...above];
}

/** User guide, "AWS Batch job environment variables". */
export interface AttemptIdentity {
  readonly jobId: string;
  /** From 1. */
  readonly attempt: number;
  readonly queue: string;
  readonly computeEnvironment: string;
  readonly taskId: string;
  readonly definition: string;
}

/** Batch gives containers 30 s between SIGTERM and SIGKILL (user guide, "Job timeouts"). */
const defaultStopTimeout = 30;

/** What one attempt of a job runs. */
export function attemptPlans(
  containers: readonly JobContainer[],
  identity: AttemptIdentity,
): readonly ContainerPlan[] {
  return containers.map((container) => ({
    name: container.name,
    image: container.image,
    entryPoint: undefined,
    command: container.command.length > 0 ? container.command : undefined,
    environment: {
      ...Object.fromEntries(container.environment.map(({ name, value }) => [name, value ?? ""])),
      AWS_BATCH_JOB_ID: identity.jobId,
      AWS_BATCH_JOB_ATTEMPT: String(identity.attempt),
      AWS_BATCH_JQ_NAME: identity.queue,
      AWS_BATCH_CE_NAME: identity.computeEnvironment,
    },
    workingDirectory: undefined,
    user: container.user,
    essential: container.essential,
    dependsOn: container.dependsOn,
    startTimeout: container.startTimeout === undefined ? undefined : container.startTimeout * 1000,
    stopTimeout: (container.stopTimeout ?? defaultStopTimeout) * 1000,
    restart: undefined,
    healthCheck: undefined,
    mounts: container.mounts,
    secrets: container.secrets,
    log: logTarget(container, identity),
  }));
}

/**
 * User guide, "Using the awslogs log driver": group `/aws/batch/job`, which is made, and a stream of the definition's
 * name (200 characters), `default` and the ECS task. Of several containers each has its name in the place of
 * `default`; that is this emulator's choice, since AWS documents no names for them.
 */
function logTarget({ name, logConfiguration }: JobContainer, identity: AttemptIdentity): LogTarget {
  const options = logConfiguration?.options ?? {};
  const group = options["awslogs-group"];
  const prefix = options["awslogs-stream-prefix"] ?? identity.definition.slice(0, 200);
  return {
    group: group ?? "/aws/batch/job",
    stream: `${prefix}/${name}/${identity.taskId}`,
    createGroup: group === undefined || options["awslogs-create-group"] === "true",
  };
}
