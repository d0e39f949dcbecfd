import {
  locateContainers,
  mapPod,
  type PodMappingOptions,
  rejectUnknownResources,
} from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import { defineTranslator, type FieldAccount, type Translator } from "@vkubelet/pod";
import { containerDefinition } from "./container-definition.ts";
import { healthCheckOf, type MappedHealth } from "./health-check.ts";
import { healthEnvironment } from "./health-purposes.ts";
import type { FargateTranslateOptions } from "./options.ts";
import { portMappings } from "./port-mappings.ts";
import { buildRequests, definitionLimit, type FargateRequests } from "./requests.ts";
import { fargateSupport } from "./support.ts";
import { taskSize } from "./task-size.ts";

const knownResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/**
 * Pods as ECS tasks on Fargate. The same for the same input byte for byte: ECS compares the parameters of a repeated
 * RunTask with those of the first.
 */
export const fargateTranslator: Translator<FargateTranslateOptions, FargateRequests> = defineTranslator({
  backend: "fargate",
  support: () => fargateSupport,
  map: mapToTask,
  operations: ({ registerTaskDefinition, runTask }) => [
    { operation: "RegisterTaskDefinition", input: registerTaskDefinition },
    { operation: "RunTask", input: runTask },
  ],
});

function mapToTask(
  pod: ResolvedPod,
  options: FargateTranslateOptions,
  account: FieldAccount,
): FargateRequests | undefined {
  const located = locateContainers(pod);
  const health = new Map(
    located.flatMap((container) => {
      const mapped = healthCheckOf(container, account);
      return mapped ? [[container.container.name, mapped] as const] : [];
    }),
  );
  const mapping = mapPod(pod, mappingOptions(options, health), account);
  const ports = portMappings(located, account);
  rejectUnknownResources(pod, knownResources, account);
  const size = taskSize(pod, account);
  const containers = mapping.containers.map((mapped) =>
    containerDefinition(
      mapped,
      {
        pod,
        options,
        health: health.get(mapped.name),
        ports: ports.get(mapped.located?.path ?? "") ?? [],
      },
      account,
    ),
  );
  if (mapping.firstEndStopsOthers) {
    account.approximate(
      "spec.containers",
      "the first main container to end stops the others; the option sentinelImage lets each end by itself where the pod is not restarted for ever",
    );
  }
  if (size === undefined) return undefined;
  const requests = buildRequests({
    pod,
    options,
    size,
    containers,
    values: mapping.containers,
    volumes: mapping.volumes,
    architecture: architectureOf(pod, options),
    marks: healthEnvironment(new Map([...health].map(([name, { purposes }]) => [name, purposes]))),
  });
  if (requests === undefined) {
    account.reject(
      "spec.containers",
      `becomes a task definition above ECS's ${definitionLimit} bytes: shorten environment, commands or files`,
    );
  }
  return requests;
}

function mappingOptions(
  options: FargateTranslateOptions,
  health: ReadonlyMap<string, MappedHealth>,
): PodMappingOptions {
  const { secrets, secretArns, writerImage, sentinelImage, region, fileSystems } = options;
  const gates = [...health].filter(([, { purposes }]) => purposes.includes("startup"));
  return {
    secrets,
    secretArns,
    writerImage,
    sentinelImage,
    region,
    fileSystems,
    hasExecutionRole: options.executionRoleArn !== undefined,
    hasTaskRole: options.taskRoleArn !== undefined,
    tmpfs: true,
    hostPaths: false,
    healthGates: new Set(gates.map(([name]) => name)),
  };
}

/** A task may have another architecture than the node says, since Fargate has both. */
function architectureOf(pod: ResolvedPod, options: FargateTranslateOptions): "amd64" | "arm64" {
  const wanted = pod.pod.spec?.nodeSelector?.["kubernetes.io/arch"];
  return wanted === "amd64" || wanted === "arm64" ? wanted : (options.architecture ?? "amd64");
}
