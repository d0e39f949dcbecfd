import {
  type CallContext,
  type ContainerRef,
  contractVersion,
  type DeletePodOptions,
  formatPodRef,
  healthOf,
  type LogLine,
  type LogOptions,
  type NodeDescription,
  type PodContext,
  type PodObservation,
  type PodRef,
  type Provider,
  ProviderError,
  type ProviderHealth,
  type ProviderTraits,
  type ResolvedPod,
} from "@vkubelet/core";
import type { NomadClient } from "./client.ts";
import { createHttpClient } from "./http-client.ts";
import { taskLogs } from "./logs.ts";
import { describeNodes, eligibleNodes, lowestMhzPerCore } from "./node.ts";
import { currentAllocation } from "./observe/job-entry.ts";
import { type NomadProviderOptions, type ParsedNomadOptions, parseNomadOptions } from "./options.ts";
import { createJob } from "./pod-creation.ts";
import { PodStopper } from "./pod-deletion.ts";
import { PodTracker } from "./pod-tracker.ts";
import { updateVariables } from "./pod-update.ts";
import { jobId, jobPrefix, taskName } from "./translate/identity.ts";
import type { NomadTranslateOptions } from "./translate/options.ts";
import type { NodeStub } from "./wire.ts";

/** What a test or an embedder may put in the place of the real thing. */
export interface NomadProviderDependencies {
  readonly client?: NomadClient;
  /** For a proxy or certificates of one's own; the platform's when left out. */
  readonly fetch?: typeof fetch;
}

/**
 * A provider that runs each pod as one Nomad job (Nomad 1.8 or newer). It keeps no state of its own: another process
 * with the same node name finds everything again. Throws `InvalidInput` for wrong options; makes no request yet.
 */
export function createNomadProvider(
  options: NomadProviderOptions,
  dependencies: NomadProviderDependencies = {},
): Provider {
  const parsed = parseNomadOptions(options);
  return new NomadProvider(parsed, dependencies.client ?? httpClient(parsed, dependencies.fetch));
}

function httpClient(options: ParsedNomadOptions, fetcher: typeof fetch | undefined): NomadClient {
  return createHttpClient({
    address: options.address,
    namespace: options.namespace,
    requestTimeoutMs: options.requestTimeoutMs,
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.tokenFile === undefined ? {} : { tokenFile: options.tokenFile }),
    ...(fetcher === undefined ? {} : { fetch: fetcher }),
  });
}

class NomadProvider implements Provider {
  readonly contractVersion = contractVersion;
  readonly name = "nomad";
  readonly traits: ProviderTraits;
  readonly #options: ParsedNomadOptions;
  readonly #client: NomadClient;
  readonly #tracker: PodTracker;
  readonly #stopper: PodStopper;
  #mhzPerCore: number | undefined;

  constructor(options: ParsedNomadOptions, client: NomadClient) {
    const runsImages = options.driver !== "raw_exec";
    this.traits = { restarts: "provider", absenceGraceMs: 10_000, runsImages };
    this.#options = options;
    this.#client = client;
    this.#tracker = new PodTracker(client, jobPrefix(options.nodeName));
    this.#stopper = new PodStopper(client);
    this.#mhzPerCore = options.mhzPerCore;
  }

  async describeNode(context: CallContext): Promise<NodeDescription> {
    const nodes = await this.#eligibleNodes(context.signal);
    // Without any node there is nothing to sum up, and any measure gives nothing.
    const mhzPerCore = this.#mhzPerCore ?? (nodes.length === 0 ? 1_000 : lowestMhzPerCore(nodes));
    return describeNodes(nodes, {
      mhzPerCore,
      maximumPods: this.#options.maximumPods,
      driver: this.#options.driver,
    });
  }

  async createPod(pod: ResolvedPod, context: PodContext): Promise<void> {
    await createJob(this.#client, pod, await this.#translateOptions(context.signal), context);
  }

  async updatePod(pod: ResolvedPod, context: PodContext): Promise<void> {
    await updateVariables(this.#client, pod, await this.#translateOptions(context.signal), context);
  }

  async deletePod(ref: PodRef, options: DeletePodOptions, context: PodContext): Promise<void> {
    const id = this.#idOf(ref);
    this.#tracker.markDeleting(id);
    await this.#stopper.stop(id, options.gracePeriodSeconds, context);
  }

  async releasePod(ref: PodRef, context: CallContext): Promise<void> {
    const id = this.#idOf(ref);
    // The job goes last: as long as it is there, this is called again.
    for (const path of await this.#client.listVariables(`nomad/jobs/${id}`, context.signal)) {
      await this.#client.deleteVariable(path, context.signal);
    }
    await this.#client.deregisterJob(id, { purge: true }, context.signal);
    this.#tracker.forget(id);
  }

  async listPods(context: CallContext): Promise<readonly PodObservation[]> {
    return await this.#tracker.list(context);
  }

  watchPods(context: CallContext): AsyncIterable<PodObservation> {
    return this.#tracker.watch(context);
  }

  async *logs(ref: ContainerRef, options: LogOptions, context: CallContext): AsyncIterable<LogLine> {
    const id = this.#idOf(ref);
    const task = taskName(ref.container);
    const entry = await this.#tracker.look(id, context.signal);
    const allocation = entry === undefined ? undefined : currentAllocation(entry);
    if (allocation === undefined || allocation.TaskStates?.[task] === undefined) {
      const why =
        allocation === undefined ? "Nomad has not placed the pod" : "Nomad has not started the container";
      throw new ProviderError("NotFound", `logs of ${ref.container} in ${formatPodRef(ref)} failed: ${why}`);
    }
    const readState = async (signal: AbortSignal) => {
      const known = this.#tracker.live
        ? (await this.#tracker.look(id, signal))?.allocations.get(allocation.ID)
        : undefined;
      return (known ?? (await this.#client.readAllocation(allocation.ID, signal)))?.TaskStates?.[task];
    };
    yield* taskLogs({ client: this.#client, allocation: allocation.ID, task, readState }, options, context);
  }

  async checkHealth(context: CallContext): Promise<ProviderHealth> {
    return await healthOf(async () => {
      const leader = await this.#client.readLeader(context.signal);
      if (leader !== "") return { healthy: true };
      return { healthy: false, reason: "NomadNoLeader", message: "the Nomad servers have no leader" };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopper.dispose();
  }

  #idOf(ref: PodRef): string {
    return jobId(this.#options.nodeName, ref.uid);
  }

  async #eligibleNodes(signal: AbortSignal): Promise<readonly NodeStub[]> {
    const nodes = await this.#client.listNodes(signal);
    this.#tracker.nodes.remember(nodes);
    return eligibleNodes(nodes, this.#options);
  }

  async #translateOptions(signal: AbortSignal): Promise<NomadTranslateOptions> {
    this.#mhzPerCore ??= lowestMhzPerCore(await this.#eligibleNodes(signal));
    const { nodePool, priority, ...options } = this.#options;
    return {
      nodeName: options.nodeName,
      namespace: options.namespace,
      driver: options.driver,
      datacenters: options.datacenters,
      ...(nodePool === undefined ? {} : { nodePool }),
      ...(priority === undefined ? {} : { priority }),
      mhzPerCore: this.#mhzPerCore,
      defaultCpuMHz: options.defaultCpuMHz,
      defaultMemoryMiB: options.defaultMemoryMiB,
      memoryOversubscription: options.memoryOversubscription,
      network: options.network,
      maximumKillSeconds: options.maximumKillSeconds,
      claims: options.claims,
      runtimes: options.runtimes,
    };
  }
}
