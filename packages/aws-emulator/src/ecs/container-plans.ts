import type { ContainerPlan, HealthCheckPlan } from "../tasks/container-plan.ts";
import { mountPlans } from "../tasks/mount-plans.ts";
import type { ContainerDefinition, RegisterRequest, RunTaskRequest } from "./schemas.ts";

/** API reference, ContainerDefinition: 30 s on Fargate when nothing is said. */
const defaultStopTimeout = 30;

/** The containers of a task: those of the definition under the overrides of RunTask. */
export function containerPlans(
  definition: RegisterRequest,
  overrides: RunTaskRequest["overrides"],
  taskId: string,
): readonly ContainerPlan[] {
  return definition.containerDefinitions.map((container) => {
    const override = overrides?.containerOverrides?.find(({ name }) => name === container.name);
    // API reference, ContainerOverride: environment is added to, and replaces by name.
    const environment = [...(container.environment ?? []), ...(override?.environment ?? [])];
    return {
      name: container.name,
      image: container.image,
      entryPoint: nonEmpty(container.entryPoint),
      command: nonEmpty(override?.command) ?? nonEmpty(container.command),
      environment: Object.fromEntries(environment.map(({ name, value }) => [name, value ?? ""])),
      workingDirectory: container.workingDirectory || undefined,
      user: container.user || undefined,
      essential: container.essential ?? true,
      dependsOn: container.dependsOn ?? [],
      startTimeout: container.startTimeout === undefined ? undefined : container.startTimeout * 1000,
      stopTimeout: (container.stopTimeout ?? defaultStopTimeout) * 1000,
      restart: restartOf(container),
      healthCheck: healthCheckOf(container),
      mounts: mountPlans(
        container.name,
        container.mountPoints,
        definition.volumes,
        container.linuxParameters?.tmpfs,
      ),
      secrets: container.secrets ?? [],
      log: logOf(container, taskId),
    };
  });
}

function nonEmpty(words: readonly string[] | undefined): readonly string[] | undefined {
  return words && words.length > 0 ? words : undefined;
}

/** API reference, ContainerRestartPolicy: 300 s when nothing is said. */
function restartOf({ restartPolicy }: ContainerDefinition): ContainerPlan["restart"] {
  if (!restartPolicy?.enabled) return undefined;
  return {
    ignoredExitCodes: restartPolicy.ignoredExitCodes ?? [],
    period: (restartPolicy.restartAttemptPeriod ?? 300) * 1000,
  };
}

/** API reference, HealthCheck: the defaults. */
function healthCheckOf({ healthCheck }: ContainerDefinition): HealthCheckPlan | undefined {
  if (!healthCheck) return undefined;
  return {
    command: healthCheck.command,
    interval: (healthCheck.interval ?? 30) * 1000,
    timeout: (healthCheck.timeout ?? 5) * 1000,
    retries: healthCheck.retries ?? 3,
    startPeriod: (healthCheck.startPeriod ?? 0) * 1000,
  };
}

/** Developer guide, "awslogs log driver": the stream is prefix/container/task. */
function logOf({ name, logConfiguration }: ContainerDefinition, taskId: string): ContainerPlan["log"] {
  const options = logConfiguration?.options;
  if (!options) return undefined;
  return {
    group: options["awslogs-group"] ?? "",
    stream: `${options["awslogs-stream-prefix"]}/${name}/${taskId}`,
    createGroup: options["awslogs-create-group"] === "true",
  };
}
