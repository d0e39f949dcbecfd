import type {
  ContainerDefinition,
  ContainerOverride,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  Tag,
  Volume,
} from "@aws-sdk/client-ecs";
import {
  type ContainerValues,
  contentHash,
  type DividedValues,
  divideValues,
  identityEnvironment,
  type MappedVolume,
  type NameValue,
  nodeKey,
  specField,
  uidKey,
  undividedValues,
} from "@vkubelet/aws/translate";
import type { PodRef, ResolvedPod } from "@vkubelet/core";
import type { FargateTranslateOptions } from "./options.ts";
import type { TaskSize } from "./task-size.ts";

/** The two calls that start a pod, as the SDK takes them. */
export interface FargateRequests {
  readonly registerTaskDefinition: RegisterTaskDefinitionCommandInput;
  readonly runTask: RunTaskCommandInput;
}

/** ECS counts the JSON of all overrides (API reference, TaskOverride). */
export const overridesLimit = 8192;
/** ECS service quota "Task definition size". */
export const definitionLimit: number = 64 * 1024;

type Containers = NonNullable<RegisterTaskDefinitionCommandInput["containerDefinitions"]>;

/** What the two requests are made of. */
export interface RequestParts {
  readonly pod: ResolvedPod;
  readonly options: FargateTranslateOptions;
  readonly size: TaskSize;
  /** Without command and environment. */
  readonly containers: Containers;
  readonly values: readonly ContainerValues[];
  readonly volumes: readonly MappedVolume[];
  readonly architecture: "amd64" | "arm64";
  /** What the provider reads back from a task beside its identity. */
  readonly marks: readonly NameValue[];
}

/**
 * `startedBy` of every run of a pod: node and UID, so that a node finds its own tasks and a pod's runs with one filter.
 */
export function startedBy(nodeName: string, uid: string): string {
  return `${startedByPrefix(nodeName)}${uidKey(uid)}`;
}

/** What `startedBy` of every task of a node begins with. */
export function startedByPrefix(nodeName: string): string {
  return `vk/${nodeKey(nodeName)}/`;
}

/** The idempotency token of one run; `refusals` counts the answers "no task was started", which ECS replays for a token. */
export function clientToken(ref: PodRef, attempt: number, refusals = 0): string {
  return `${uidKey(ref.uid)}.${attempt}${refusals === 0 ? "" : `.${refusals}`}`;
}

/**
 * The requests, with per-pod values in overrides where these fit into 8,192 characters, else everything in the
 * definition. Undefined when the definition exceeds 64 KiB even so.
 */
export function buildRequests(parts: RequestParts): FargateRequests | undefined {
  const divided = requestsOf(parts, divideValues(parts.pod, parts.values));
  const fits = JSON.stringify(divided.runTask.overrides).length <= overridesLimit;
  const requests = fits ? divided : requestsOf(parts, undividedValues(parts.values));
  const size = new TextEncoder().encode(JSON.stringify(requests.registerTaskDefinition)).length;
  return size <= definitionLimit ? requests : undefined;
}

function requestsOf(parts: RequestParts, values: readonly DividedValues[]): FargateRequests {
  const { pod } = parts;
  const byName = new Map(values.map((entry) => [entry.name, entry]));
  const definitions = parts.containers.map((definition): ContainerDefinition => {
    const shared = byName.get(definition.name ?? "")?.shared;
    return {
      ...definition,
      ...(shared?.command ? { command: [...shared.command] } : {}),
      ...(shared && shared.environment.length > 0 ? { environment: [...shared.environment] } : {}),
    };
  });
  const overrides = values.flatMap(({ name, own }): ContainerOverride[] => {
    const isFirst = name === pod.containers[0]?.name;
    const identity = isFirst ? [...identityEnvironment(pod.ref, pod.attempt), ...parts.marks] : [];
    const environment = [...own.environment, ...identity];
    if (environment.length === 0 && own.command === undefined) return [];
    return [
      {
        name,
        ...(own.command ? { command: [...own.command] } : {}),
        ...(environment.length > 0 ? { environment } : {}),
      },
    ];
  });
  const registerTaskDefinition = definitionRequest(parts, definitions);
  return { registerTaskDefinition, runTask: runRequest(parts, registerTaskDefinition, overrides) };
}

function definitionRequest(
  { pod, options, size, volumes, architecture }: RequestParts,
  containerDefinitions: Containers,
): RegisterTaskDefinitionCommandInput {
  const content: Omit<RegisterTaskDefinitionCommandInput, "family"> = {
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: String(size.cpu),
    memory: String(size.memory),
    runtimePlatform: {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: architecture === "arm64" ? "ARM64" : "X86_64",
    },
    ...(options.executionRoleArn ? { executionRoleArn: options.executionRoleArn } : {}),
    ...(options.taskRoleArn ? { taskRoleArn: options.taskRoleArn } : {}),
    ...(size.ephemeralGiB === undefined ? {} : { ephemeralStorage: { sizeInGiB: size.ephemeralGiB } }),
    ...(specField(pod, "shareProcessNamespace") === true ? { pidMode: "task" } : {}),
    ...(volumes.length > 0 ? { volumes: volumes.map(volumeOf) } : {}),
    containerDefinitions,
  };
  return { family: `vk-${contentHash(content, 40)}`, ...content, ...tagsOf(options) };
}

function volumeOf(volume: MappedVolume): Volume {
  if (volume.type !== "efs") return { name: volume.name };
  return { name: volume.name, efsVolumeConfiguration: { ...volume.efs } };
}

function runRequest(
  { pod, options }: RequestParts,
  definition: RegisterTaskDefinitionCommandInput,
  containerOverrides: ContainerOverride[],
): RunTaskCommandInput {
  const spot = options.capacityProvider === "FARGATE_SPOT";
  return {
    cluster: options.cluster,
    // The family alone: its name is the hash of its content, so every active revision is the same.
    taskDefinition: definition.family,
    count: 1,
    ...(spot
      ? { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] }
      : { launchType: "FARGATE" }),
    platformVersion: options.platformVersion ?? "LATEST",
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...options.subnets],
        securityGroups: [...(options.securityGroups ?? [])],
        assignPublicIp: options.assignPublicIp ? "ENABLED" : "DISABLED",
      },
    },
    overrides: { containerOverrides },
    startedBy: startedBy(options.nodeName, pod.ref.uid),
    clientToken: clientToken(pod.ref, pod.attempt),
    ...tagsOf(options),
  };
}

function tagsOf({ tags }: FargateTranslateOptions): { tags?: Tag[] } {
  const entries = Object.entries(tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? { tags: entries.map(([key, value]) => ({ key, value })) } : {};
}
