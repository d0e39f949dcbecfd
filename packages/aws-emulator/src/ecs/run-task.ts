import { canonicalJson } from "../canonical-json.ts";
import type { EmulatorClock } from "../clock.ts";
import { isFargateSize } from "../fargate-size.ts";
import type { Fault } from "../http/faults.ts";
import { clientException, invalidParameter, notEmulated, ServiceError } from "../service-error.ts";
import { cpuUnits, mebibytes } from "./check-task-definition.ts";
import type { Cluster } from "./clusters.ts";
import type { EcsTask } from "./ecs-task.ts";
import type { RunTaskRequest } from "./schemas.ts";
import { statusOf, type TaskDefinition, type TaskDefinitions } from "./task-definitions.ts";

/** Recorded answer of ECS; the whole of `overrides` counts. */
const overridesLimit = 8192;

/** API reference, RunTask: the platform versions of Linux tasks. */
const platformVersions = new Set(["LATEST", "1.4.0", "1.3.0"]);

/** Members of RunTask that the emulator has no means for. */
const unsupportedMembers = [
  "volumeConfigurations",
  "placementConstraints",
  "placementStrategy",
  "referenceId",
];

/** The definition that RunTask is to run. Throws what ECS answers to a request that it does not take. */
export function checkRunTask(
  request: RunTaskRequest,
  definitions: TaskDefinitions,
  cluster: Cluster,
): TaskDefinition {
  checkLaunch(request, cluster);
  const definition = definitions.find(request.taskDefinition);
  if (!definition) throw clientException("TaskDefinition not found.");
  if (statusOf(definition) === "INACTIVE") throw clientException("TaskDefinition is inactive");
  if (!request.networkConfiguration?.awsvpcConfiguration) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  checkOverrides(request, definition);
  const unsupported = unsupportedMembers.find((member) => {
    const value = request[member];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (unsupported) throw notEmulated(`RunTask.${unsupported}`);
  if (request.enableExecuteCommand) throw notEmulated("RunTask.enableExecuteCommand");
  return definition;
}

function checkLaunch(request: RunTaskRequest, cluster: Cluster): void {
  const strategy = request.capacityProviderStrategy ?? [];
  // API reference, RunTask: one of the two.
  if (request.launchType && strategy.length > 0) {
    throw invalidParameter("Cannot specify both launch type and capacity provider strategy.");
  }
  if (strategy.length === 0 && request.launchType !== "FARGATE") {
    throw invalidParameter("No Container Instances were found in your cluster.");
  }
  // API reference, CapacityProviderStrategyItem: it must be associated with the cluster.
  const unknown = strategy.find(
    ({ capacityProvider }) => !cluster.capacityProviders.includes(capacityProvider),
  );
  if (unknown) {
    throw invalidParameter(
      `The specified capacity provider ${unknown.capacityProvider} is not associated with cluster ${cluster.name}.`,
    );
  }
  if (request.platformVersion && !platformVersions.has(request.platformVersion)) {
    throw new ServiceError("PlatformUnknownException", "The specified platform version does not exist.");
  }
}

function checkOverrides({ overrides = {} }: RunTaskRequest, { request }: TaskDefinition): void {
  if (JSON.stringify(overrides).length > overridesLimit) {
    throw invalidParameter(`Container Overrides length must be at most ${overridesLimit}`);
  }
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!request.containerDefinitions.some((container) => container.name === name)) {
      throw invalidParameter(
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      );
    }
  }
  const { cpu = request.cpu ?? "", memory = request.memory ?? "" } = overrides;
  if (!isFargateSize(cpuUnits(cpu), mebibytes(memory))) {
    throw clientException("No Fargate configuration exists for given values.");
  }
}

/** What RunTask answers, kept for its token. */
export interface RunTaskOutcome {
  readonly tasks: readonly EcsTask[];
  readonly failures: readonly { readonly reason: string; readonly detail?: string }[];
}

/** The failure of a fault that is to stand in the reply of RunTask. */
export function injectedFailures(fault: Fault | undefined): RunTaskOutcome["failures"] {
  return fault && "failure" in fault ? [fault.failure] : [];
}

/** Developer guide, "Ensuring idempotency": a token lives 24 h, or an hour longer than its task when that is less. */
const tokenLife = 24 * 3_600_000;
const tokenAfterTask = 3_600_000;

interface TokenUse {
  readonly parameters: string;
  readonly at: number;
  readonly outcome: RunTaskOutcome;
}

/** The client tokens of RunTask, each of one cluster. */
export class ClientTokens {
  readonly #uses = new Map<string, TokenUse>();
  readonly #clock: EmulatorClock;

  constructor(clock: EmulatorClock) {
    this.#clock = clock;
  }

  /** The outcome of the token's first use; other parameters are a ConflictException that names the tasks. */
  earlier(cluster: Cluster, request: RunTaskRequest): RunTaskOutcome | undefined {
    const key = keyOf(cluster, request);
    const use = key === undefined ? undefined : this.#uses.get(key);
    if (key === undefined || !use) return undefined;
    if (this.#expired(use)) {
      this.#uses.delete(key);
      return undefined;
    }
    if (use.parameters === canonicalJson(request)) return use.outcome;
    throw new ServiceError(
      "ConflictException",
      "The client token was used before with other parameters.",
      400,
      { resourceIds: use.outcome.tasks.map(({ parts }) => parts.arn) },
    );
  }

  keep(cluster: Cluster, request: RunTaskRequest, outcome: RunTaskOutcome): void {
    const key = keyOf(cluster, request);
    if (key === undefined) return;
    this.#uses.set(key, { parameters: canonicalJson(request), at: this.#clock.now(), outcome });
  }

  #expired({ at, outcome }: TokenUse): boolean {
    const now = this.#clock.now();
    if (now - at >= tokenLife) return true;
    const ends = outcome.tasks.map(({ stoppedAt }) => stoppedAt);
    return ends.length > 0 && ends.every((end) => end !== undefined && now - end >= tokenAfterTask);
  }
}

function keyOf(cluster: Cluster, { clientToken }: RunTaskRequest): string | undefined {
  return clientToken === undefined ? undefined : `${cluster.arn} ${clientToken}`;
}
