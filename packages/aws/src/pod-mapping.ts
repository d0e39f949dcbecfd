import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { withoutApiAccess } from "@vkubelet/pod";
import { type ContainerDependency, type MappedContainer, mapContainer } from "./container-mapping.ts";
import { defaultWriterImage, filesWriter } from "./files-writer.ts";
import type { SecretsPolicy } from "./plain-text.ts";
import type { SecretArns } from "./secret-references.ts";
import { locateContainers } from "./spec-paths.ts";
import { type MappedVolume, planVolumes, type VolumeOptions } from "./volume-mapping.ts";

/** Name of the helper that keeps a task alive until every main container has ended. */
export const sentinelContainerName = "vkubelet_sentinel";

/** Both services take at most that many containers a task, helpers included. */
export const maximumContainers = 10;

/** What the backend and its options say about every pod. */
export interface PodMappingOptions extends VolumeOptions {
  /** For Secrets that `secretArns` does not name. Defaults to `reject`. */
  readonly secrets?: SecretsPolicy | undefined;
  readonly secretArns?: SecretArns | undefined;
  /** Whether AWS has a role with which it can read Secrets. */
  readonly hasExecutionRole: boolean;
  /** Defaults to {@link defaultWriterImage}. */
  readonly writerImage?: string | undefined;
  /**
   * An image whose `true` exits with 0. With it, a pod of several main containers that is not to be restarted for ever
   * runs until all of them have ended; without it, the first to end stops the others.
   */
  readonly sentinelImage?: string | undefined;
  /** Sidecars whose start is judged by a health check: what follows waits until they are healthy. */
  readonly healthGates?: ReadonlySet<string> | undefined;
}

export interface PodMapping {
  /** In start order as far as there is one: writer, init containers and sidecars, main containers, sentinel. */
  readonly containers: readonly MappedContainer[];
  readonly volumes: readonly MappedVolume[];
  /** Whether the end of one main container stops the others although Kubernetes would let them go on. */
  readonly firstEndStopsOthers: boolean;
}

const leftOutReason =
  'left out: the token that admission adds would stand in plain text at AWS; the option secrets: "plain" allows it';

/**
 * A resolved pod as containers with an order. Init containers are a chain of `SUCCESS` dependencies; what follows a
 * sidecar waits for its `START`; main containers are essential, so that the task ends with them and takes the sidecars
 * along, as a pod does.
 */
export function mapPod(wholePod: ResolvedPod, options: PodMappingOptions, account: FieldAccount): PodMapping {
  const policy = options.secrets ?? "reject";
  const secrets = { policy, arns: options.secretArns, hasExecutionRole: options.hasExecutionRole };
  const { pod, leftOut } = policy === "reject" ? withoutApiAccess(wholePod) : { pod: wholePod, leftOut: [] };
  for (const path of leftOut) account.approximate(path, leftOutReason);
  const containers: MappedContainer[] = [];
  const sidecarStarts: ContainerDependency[] = [];
  let gate: ContainerDependency | undefined;
  const plan = planVolumes(pod, options, account);
  const writer = filesWriter(pod, plan, options.writerImage ?? defaultWriterImage, secrets, account);
  if (writer) {
    containers.push({ ...writer, essential: false, dependsOn: [] });
    gate = { containerName: writer.name, condition: "SUCCESS" };
  }
  const several = pod.containers.length > 1;
  const withSentinel = several && options.sentinelImage !== undefined && pod.restartPolicy !== "Always";
  for (const located of locateContainers(pod)) {
    const mapped = mapContainer(pod, located, plan, secrets, account);
    const { name, kind } = located.container;
    const waitsFor = kind === "main" ? [...sidecarStarts, gate] : [gate];
    const dependsOn = waitsFor.filter(
      (entry, index): entry is ContainerDependency =>
        entry !== undefined && waitsFor.indexOf(entry) === index,
    );
    containers.push({ ...mapped, essential: kind === "main" && !withSentinel, dependsOn });
    if (kind === "main") continue;
    const started = options.healthGates?.has(name) ? "HEALTHY" : "START";
    gate = { containerName: name, condition: kind === "init" ? "SUCCESS" : started };
    if (kind === "sidecar") sidecarStarts.push(gate);
  }
  if (withSentinel && options.sentinelImage !== undefined) {
    containers.push(sentinel(pod, options.sentinelImage));
  }
  checkCount(containers.length, account);
  return {
    containers,
    volumes: plan.volumes,
    firstEndStopsOthers: several && !withSentinel,
  };
}

function sentinel(pod: ResolvedPod, image: string): MappedContainer {
  return {
    name: sentinelContainerName,
    role: "sentinel",
    image,
    command: ["true"],
    environment: [],
    secrets: [],
    security: { addCapabilities: [], dropCapabilities: [] },
    mounts: [],
    tmpfs: [],
    essential: true,
    dependsOn: pod.containers.map(({ name }) => ({ containerName: name, condition: "COMPLETE" })),
  };
}

function checkCount(count: number, account: FieldAccount): void {
  if (count > maximumContainers) {
    account.reject(
      "spec.containers",
      `makes ${count} containers with init containers and helpers, at most ${maximumContainers} fit into a task`,
    );
  }
}
