import type { NodeDescription } from "@vkubelet/core";
import type { BatchClient } from "./client.ts";
import type { BatchOptions } from "./options.ts";

const defaultPods = "1000";
/** Batch counts cores only; what goes with a core on Fargate and on common instances (GiB). */
const memoryPerCore = 8;

/**
 * The node that a queue stands for: as many cores as its enabled compute environments may grow to. What the options
 * say goes before what is computed.
 */
export async function describeBatchNode(
  client: BatchClient,
  options: BatchOptions,
  signal: AbortSignal,
): Promise<NodeDescription> {
  const cores = await maximumCores(client, options.jobQueue, signal);
  return {
    capacity: {
      ...(cores === undefined
        ? {}
        : {
            cpu: String(cores),
            memory: `${cores * memoryPerCore}Gi`,
            "ephemeral-storage": `${cores * 20}Gi`,
          }),
      pods: defaultPods,
      ...options.capacity,
    },
    labels: { "topology.kubernetes.io/region": options.region, ...options.nodeLabels },
    operatingSystem: "linux",
    architecture: options.architecture ?? "amd64",
    runtimeVersion: `batch://${(options.platform ?? "FARGATE").toLowerCase()}`,
  };
}

async function maximumCores(
  client: BatchClient,
  queue: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const detail = await client.describeQueue(queue, signal);
  const names = (detail?.computeEnvironmentOrder ?? []).flatMap(
    ({ computeEnvironment }) => computeEnvironment ?? [],
  );
  if (names.length === 0) return undefined;
  const environments = await client.describeComputeEnvironments(names, signal);
  const known = environments.flatMap(({ state, computeResources, unmanagedvCpus }) =>
    state === "DISABLED" ? [] : (computeResources?.maxvCpus ?? unmanagedvCpus ?? []),
  );
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}
