import type { Clock, Logger, NodeDescription, Provider, ProviderHealth } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict } from "../api/kube-api-error.ts";
import type { EventRecorder } from "../pods/event-recorder.ts";
import { BackendReport } from "./backend-report.ts";
import { cordonPatch, uncordonPatch } from "./cordon.ts";
import { wantedMetadata } from "./node-metadata.ts";
import { type NodeIdentity, type NodeObject, type NodeStatus, nodeStatus } from "./node-object.ts";
import { checkOwner } from "./node-owner.ts";
import { isStatusCurrent, statusPatch } from "./node-status-patch.ts";
import { NodeWriter } from "./node-writer.ts";
import { registerUntilDone } from "./registration.ts";

/** Options of {@link NodeController}. */
export interface NodeControllerOptions {
  readonly client: KubeApiClient;
  readonly provider: Provider;
  readonly identity: NodeIdentity;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Why the backend does not answer, as the observation feed saw it; undefined while it does. */
  readonly backendError: () => unknown;
  /** From 0 to below 1, for jitter; `Math.random` by default. */
  readonly random?: () => number;
}

const checkMs = 10_000;
/** A status in which nothing changed is written so often (the kubelet's nodeStatusReportFrequency). */
const reportMs = 300_000;

/** Stands for a backend that has not been heard yet: a node without room, so that nothing is bound to it. */
const unheard: NodeDescription = {
  capacity: { cpu: "0", memory: "0", pods: "0" },
  operatingSystem: "linux",
  architecture: "amd64",
};

/** The kubelet's own words (pkg/kubelet/nodeshutdown). */
const shuttingDown: ProviderHealth = {
  healthy: false,
  reason: "KubeletNotReady",
  message: "node is shutting down",
};

/**
 * Registers the node and keeps its object true: labels, annotations and taints are kept as the user and the backend want
 * them (foreign ones stay), status is written when it changed and every five minutes, Ready follows the provider's
 * health. A node that somebody deleted is created again. An API server that does not answer is asked again, at the start
 * with growing pauses and later at the next check. While a backend that is out of order has not described the node, it is
 * registered without room and not ready, and says why. A Node of another kubelet is left alone.
 */
export class NodeController {
  readonly #options: NodeControllerOptions;
  readonly #path: string;
  readonly #backend: BackendReport;
  readonly #writer: NodeWriter;
  readonly #abort = new AbortController();
  #uid: string | undefined;
  #status: NodeStatus | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #leaving = false;
  #error: unknown;
  #poke = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: NodeControllerOptions) {
    this.#options = options;
    this.#path = `/api/v1/nodes/${options.identity.name}`;
    this.#backend = new BackendReport(options);
    this.#writer = new NodeWriter(options);
  }

  get description(): NodeDescription | undefined {
    return this.#backend.description;
  }

  /** Whether the node reports Ready=True, as last written. */
  get ready(): boolean {
    return readyOf(this.#status)?.status === "True";
  }

  /** UID of the Node, as last seen; undefined before it is registered. */
  get uid(): string | undefined {
    return this.#uid;
  }

  /** Why the Node at the API server is not what it should be; undefined while it is. */
  get lastError(): unknown {
    return this.#error;
  }

  /** Why the node reports Ready=False, as last written; undefined while it does not. */
  get notReady(): string | undefined {
    const condition = readyOf(this.#status);
    return condition?.status === "False" ? `${condition.reason}: ${condition.message}` : undefined;
  }

  /**
   * Resolves when the node is registered, which takes as long as the API server is out of reach: `onWait` is told of it.
   * Throws when the provider or the API server refuses, or when the Node is another kubelet's.
   */
  async start(onWait: (error: unknown) => void = () => {}): Promise<void> {
    const { clock, logger, random } = this.#options;
    await registerUntilDone({
      register: () => this.#sync(),
      onWait: (error) => {
        this.#error = error;
        onWait(error);
      },
      clock,
      logger,
      signal: this.#abort.signal,
      random,
    });
    this.#error = undefined;
    this.#loop = this.#run();
  }

  /** Looks at the Node and the provider's health now instead of at the next check. */
  poke(): void {
    this.#poke.abort(new Error("poked"));
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the kubelet stops"));
    await this.#loop;
  }

  /** From now on the scheduler brings no more pods, and Ready is False with the kubelet's words for a shutdown. */
  async leave(signal: AbortSignal): Promise<void> {
    this.#leaving = true;
    await this.#write(shuttingDown, signal);
  }

  /** Deletes the Node, if it is still the one that was registered. To be called after {@link stop}. */
  async remove(signal: AbortSignal): Promise<void> {
    if (this.#uid === undefined) return;
    const preconditions = { uid: this.#uid };
    await this.#options.client.delete(this.#path, { preconditions }, { signal });
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        await clock.sleep(checkMs, AbortSignal.any([this.#abort.signal, this.#poke.signal]));
      } catch {
        if (this.#abort.signal.aborted) return;
      }
      // Renewed before the look, so that what happens during it is looked at again.
      this.#poke = new AbortController();
      try {
        await this.#sync();
        if (this.#error !== undefined) logger.info("the node is up to date again");
        this.#error = undefined;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (this.#error === undefined) logger.warn("cannot update the node", { error });
        this.#error = error;
      }
    }
  }

  async #sync(): Promise<void> {
    const { signal } = this.#abort;
    await this.#backend.describe(signal);
    await this.#write(await this.#backend.health(signal), signal);
  }

  async #write(health: ProviderHealth, signal: AbortSignal): Promise<void> {
    const { client, identity } = this.#options;
    const current = await client.get<NodeObject>(this.#path, { signal, absentOn404: true });
    if (current !== undefined) checkOwner(current, identity);
    else if (this.#leaving) return;
    const node = current === undefined ? await this.#create(signal) : await this.#keep(current, signal);
    this.#uid = node.metadata?.uid;
    await this.#report(node, this.#leaving ? shuttingDown : health, signal);
  }

  #create(signal: AbortSignal): Promise<NodeObject> {
    const { identity } = this.#options;
    return this.#writer.create(wantedMetadata(identity, this.#backend.description ?? unheard), signal);
  }

  /** Brings the metadata up to date, and lets pods in or keeps them out. */
  async #keep(node: NodeObject, signal: AbortSignal): Promise<NodeObject> {
    const kept = await this.#keepMetadata(node, signal);
    const cordon = this.#leaving ? cordonPatch(kept) : uncordonPatch(kept);
    if (cordon === undefined) return kept;
    return this.#options.client.patch<NodeObject>(this.#path, cordon, "merge", { signal });
  }

  async #keepMetadata(node: NodeObject, signal: AbortSignal): Promise<NodeObject> {
    const { description } = this.#backend;
    // What the backend wants is not known before it was heard.
    if (description === undefined) return node;
    try {
      return await this.#writer.keep(node, wantedMetadata(this.#options.identity, description), signal);
    } catch (error) {
      // Somebody else changed the node in between: the next check looks again.
      if (!isConflict(error)) throw error;
      return node;
    }
  }

  async #report(node: NodeObject, health: ProviderHealth, signal: AbortSignal): Promise<void> {
    const { client, identity, clock } = this.#options;
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    const status = nodeStatus(identity, this.#described(node.status), health, node.status, now);
    const isDue = clock.monotonic() - this.#writtenAt >= reportMs;
    if (!isDue && isStatusCurrent(status, node.status)) return;
    const metadata = { uid: node.metadata?.uid };
    const patch = { metadata, status: statusPatch(status, node.status) };
    await client.patch(`${this.#path}/status`, patch, "strategic", { signal });
    this.#writtenAt = clock.monotonic();
    this.#status = status;
    this.#announce(readyOf(node.status)?.status, status);
  }

  /** The kubelet's events NodeReady and NodeNotReady, once for each change. */
  #announce(before: string | undefined, status: NodeStatus): void {
    const { events, identity } = this.#options;
    const ready = readyOf(status);
    if (ready === undefined || ready.status === before) return;
    const reason = ready.status === "True" ? "NodeReady" : "NodeNotReady";
    const why = ready.status === "True" ? "" : `: ${ready.message}`;
    const message = `Node ${identity.name} status is now: ${reason}${why}`;
    // Tools find a kubelet's events about its node by the name in place of the UID.
    const subject = { kind: "Node", namespace: "", name: identity.name, uid: identity.name } as const;
    events.record(subject, { type: "Normal", reason, message });
  }

  /** What the node has: as described, else as an earlier kubelet reported it, else nothing. */
  #described(status: NodeStatus | undefined): NodeDescription {
    if (this.#backend.description !== undefined) return this.#backend.description;
    const { capacity = unheard.capacity, allocatable = capacity } = status ?? {};
    return { ...unheard, capacity, allocatable };
  }
}

function readyOf(status: NodeStatus | undefined) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}
