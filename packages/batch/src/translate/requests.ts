import type {
  ContainerProperties,
  EcsTaskProperties,
  RegisterJobDefinitionCommandInput,
  ResourceRequirement,
  SubmitJobCommandInput,
  TaskContainerProperties,
  Volume,
} from "@aws-sdk/client-batch";
import {
  type ContainerValues,
  contentHash,
  type DividedValues,
  divideValues,
  type MappedContainer,
  type MappedVolume,
  specField,
  undividedValues,
} from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { CommonContainer } from "./container-request.ts";
import { identityParameters, jobName } from "./job-names.ts";
import type { BatchTranslateOptions } from "./options.ts";

/** The two calls that start a pod, as the SDK takes them. */
export interface BatchRequests {
  readonly registerJobDefinition: RegisterJobDefinitionCommandInput;
  readonly submitJob: SubmitJobCommandInput;
}

/** ECS counts 8,192 characters for all overrides, and Batch adds to them: sizes, and variables of its own. */
const overridesLimit = 7000;
/** Batch service quotas, in bytes. */
export const definitionLimit: number = 24 * 1024;
export const submitLimit: number = 30 * 1024;

/** Batch takes no shorter timeout (seconds). */
const shortestTimeout = 60;

/** What the two requests are made of. */
export interface RequestParts {
  readonly pod: ResolvedPod;
  readonly options: BatchTranslateOptions;
  readonly containers: readonly { readonly mapped: MappedContainer; readonly common: CommonContainer }[];
  readonly values: readonly ContainerValues[];
  readonly sizes: ReadonlyMap<string, readonly ResourceRequirement[]>;
  readonly volumes: readonly MappedVolume[];
  readonly ephemeralGiB: number | undefined;
}

/**
 * The requests, with per-pod values in overrides where these fit, else everything in the definition. Undefined when a
 * request exceeds its limit even so.
 */
export function buildRequests(parts: RequestParts): BatchRequests | undefined {
  const divided = divideValues(parts.pod, parts.values);
  const values = overridesLength(divided) <= overridesLimit ? divided : undividedValues(parts.values);
  const requests = requestsOf(parts, values);
  const fits =
    bytes(requests.registerJobDefinition) <= definitionLimit && bytes(requests.submitJob) <= submitLimit;
  return fits ? requests : undefined;
}

/** Where a variable is overridden, Batch passes on the whole environment of its container. */
function overridesLength(values: readonly DividedValues[]): number {
  const overrides = values.map(({ name, shared, own: { command = [], environment } }) => ({
    name,
    command,
    environment: environment.length === 0 ? [] : [...shared.environment, ...environment],
  }));
  return JSON.stringify(overrides).length;
}

function bytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function requestsOf(parts: RequestParts, values: readonly DividedValues[]): BatchRequests {
  const { options } = parts;
  const single = isSingle(parts);
  const content: Omit<RegisterJobDefinitionCommandInput, "jobDefinitionName"> = {
    type: "container",
    platformCapabilities: [options.platform ?? "FARGATE"],
    ...(single
      ? { containerProperties: containerProperties(parts, values) }
      : { ecsProperties: { taskProperties: [taskProperties(parts, values)] } }),
    // Each run of the pod is a job of its own: the host decides about the next.
    retryStrategy: { attempts: 1 },
  };
  const name = `vk-${contentHash(content, 40)}`;
  const tags = options.tags && Object.keys(options.tags).length > 0 ? { tags: { ...options.tags } } : {};
  return {
    registerJobDefinition: { jobDefinitionName: name, ...content, ...tags },
    submitJob: { ...submitRequest(parts, values, single, name), ...tags },
  };
}

/** What `containerProperties` gives between SIGTERM and SIGKILL (user guide, "Job timeouts"), in seconds. */
const fixedGrace = 30;

/** Whether `containerProperties` can say everything: it has no namespaces and no grace of its own. */
function isSingle({ pod, containers }: RequestParts): boolean {
  const namespaces = ["shareProcessNamespace", "hostPID", "hostIPC"];
  return (
    containers.length === 1 &&
    pod.terminationGracePeriodSeconds === fixedGrace &&
    !namespaces.some((field) => specField(pod, field) === true)
  );
}

function submitRequest(
  { pod, options }: RequestParts,
  values: readonly DividedValues[],
  single: boolean,
  definition: string,
): SubmitJobCommandInput {
  const overrides = values
    .map(({ name, own }) => ({
      name,
      ...(own.command ? { command: [...own.command] } : {}),
      ...(own.environment.length > 0 ? { environment: [...own.environment] } : {}),
    }))
    .filter((override) => Object.keys(override).length > 1);
  const [first] = overrides;
  const { name: _name, ...containerOverrides } = first ?? { name: "" };
  const deadline = specField(pod, "activeDeadlineSeconds");
  return {
    jobName: jobName(options.nodeName, pod.ref, pod.attempt),
    jobQueue: options.jobQueue,
    // The name alone: it is the hash of the content, so every active revision is the same.
    jobDefinition: definition,
    ...(options.shareIdentifier ? { shareIdentifier: options.shareIdentifier } : {}),
    parameters: { ...identityParameters(pod.ref, pod.attempt, pod.containers[0]?.name ?? "") },
    ...(first && single ? { containerOverrides } : {}),
    ...(first && !single ? { ecsPropertiesOverride: { taskProperties: [{ containers: overrides }] } } : {}),
    // Only a safety net: the host stops the pod at its deadline, which counts from an earlier time.
    ...(typeof deadline === "number"
      ? { timeout: { attemptDurationSeconds: Math.max(shortestTimeout, deadline) } }
      : {}),
  };
}

function sharedOf(
  values: readonly DividedValues[],
  name: string,
): Pick<TaskContainerProperties, "command" | "environment"> {
  const shared = values.find((entry) => entry.name === name)?.shared;
  return {
    ...(shared?.command ? { command: [...shared.command] } : {}),
    ...(shared && shared.environment.length > 0 ? { environment: [...shared.environment] } : {}),
  };
}

function containerProperties(parts: RequestParts, values: readonly DividedValues[]): ContainerProperties {
  const { options, containers, sizes, volumes } = parts;
  const [only] = containers;
  const name = only?.mapped.name ?? "";
  return {
    ...only?.common,
    ...sharedOf(values, name),
    resourceRequirements: [...(sizes.get(name) ?? [])],
    ...(options.jobRoleArn ? { jobRoleArn: options.jobRoleArn } : {}),
    ...(options.executionRoleArn ? { executionRoleArn: options.executionRoleArn } : {}),
    ...(volumes.length > 0 ? { volumes: volumesOf(parts) } : {}),
    ...(options.platform === "EC2"
      ? {}
      : {
          ...onFargate(parts),
          fargatePlatformConfiguration: { platformVersion: options.platformVersion ?? "LATEST" },
        }),
  };
}

function taskProperties(parts: RequestParts, values: readonly DividedValues[]): EcsTaskProperties {
  const { pod, options, containers, sizes, volumes } = parts;
  return {
    containers: containers.map(({ mapped, common }) => ({
      name: mapped.name,
      ...common,
      ...sharedOf(values, mapped.name),
      essential: mapped.essential,
      ...(mapped.dependsOn.length > 0 ? { dependsOn: mapped.dependsOn.map((entry) => ({ ...entry })) } : {}),
      resourceRequirements: [...(sizes.get(mapped.name) ?? [])],
      stopTimeout: stopTimeout(pod, options),
    })),
    ...(options.jobRoleArn ? { taskRoleArn: options.jobRoleArn } : {}),
    ...(options.executionRoleArn ? { executionRoleArn: options.executionRoleArn } : {}),
    ...namespacesOf(pod, options),
    ...(volumes.length > 0 ? { volumes: volumesOf(parts) } : {}),
    ...(options.platform === "EC2"
      ? {}
      : { ...onFargate(parts), platformVersion: options.platformVersion ?? "LATEST" }),
  };
}

/** API reference, TaskContainerProperties: at least 2 s, and on Fargate at most 120. */
function stopTimeout(pod: ResolvedPod, { platform }: BatchTranslateOptions): number {
  const wanted = Math.max(pod.terminationGracePeriodSeconds, 2);
  return platform === "EC2" ? wanted : Math.min(wanted, 120);
}

function namespacesOf(
  pod: ResolvedPod,
  { platform }: BatchTranslateOptions,
): Pick<EcsTaskProperties, "pidMode" | "ipcMode"> {
  const onEc2 = platform === "EC2";
  const shared = specField(pod, "shareProcessNamespace") === true ? { pidMode: "task" } : {};
  return {
    ...(onEc2 && specField(pod, "hostPID") === true ? { pidMode: "host" } : shared),
    ...(onEc2 && specField(pod, "hostIPC") === true ? { ipcMode: "host" } : {}),
  };
}

function volumesOf({ options, volumes }: RequestParts): Volume[] {
  return volumes.map((volume): Volume => {
    const { name } = volume;
    if (volume.type === "efs") return { name, efsVolumeConfiguration: { ...volume.efs } };
    if (volume.type === "host") return { name, host: { sourcePath: volume.sourcePath } };
    // An empty host gives a folder of the instance that lives as long as the task; Fargate knows the name alone.
    return options.platform === "EC2" ? { name, host: {} } : { name };
  });
}

function onFargate({
  options,
  ephemeralGiB,
}: RequestParts): Pick<EcsTaskProperties, "networkConfiguration" | "runtimePlatform" | "ephemeralStorage"> {
  return {
    networkConfiguration: { assignPublicIp: options.assignPublicIp ? "ENABLED" : "DISABLED" },
    runtimePlatform: {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: options.architecture === "arm64" ? "ARM64" : "X86_64",
    },
    ...(ephemeralGiB === undefined ? {} : { ephemeralStorage: { sizeInGiB: ephemeralGiB } }),
  };
}
