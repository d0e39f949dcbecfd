import { isDeepStrictEqual } from "node:util";
import type {
  CallContext,
  Clock,
  Logger,
  NodeDescription,
  Provider,
  ProviderHealth,
  Taint,
} from "@vkubelet/core";
import { isProviderError, providerErrorEffects } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict } from "../api/kube-api-error.ts";
import { callProvider, lookLimitMs } from "../pods/provider-call.ts";
import {
  type NodeIdentity,
  type NodeObject,
  type NodeStatus,
  nodeLabels,
  nodeStatus,
} from "./node-object.ts";

/** Options of {@link NodeController}. */
export interface NodeControllerOptions {
  readonly client: KubeApiClient;
  readonly provider: Provider;
  readonly identity: NodeIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Why the backend does not answer, as the observation feed saw it; undefined while it does. */
  readonly backendError: () => unknown;
  /** Told when the node's allocatable resources are known or changed. */
  readonly onDescription?: (description: NodeDescription) => void;
}

const checkMs = 10_000;
const statusHeartbeatMs = 300_000;
const describeMs = 60_000;

/** Stands for a backend that has not been heard yet: a node without room, so that nothing is bound to it. */
const unheard: NodeDescription = {
  capacity: { cpu: "0", memory: "0", pods: "0" },
  operatingSystem: "linux",
  architecture: "amd64",
};

/**
 * Registers the node and keeps its object true: labels and taints that are missing are added (foreign ones stay),
 * status is written when it changed and every five minutes, Ready follows the provider's health. A node that somebody
 * deleted is created again. An API server that does not answer is asked again at the next check. While a backend that
 * is out of order has not described the node, it is registered without room and not ready, and says why.
 */
export class NodeController {
  readonly #options: NodeControllerOptions;
  readonly #abort = new AbortController();
  #description: NodeDescription | undefined;
  /** Why there is no description yet. */
  #describeError: unknown;
  #describedAt = Number.NEGATIVE_INFINITY;
  #status: NodeStatus | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #poke = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: NodeControllerOptions) {
    this.#options = options;
  }

  get description(): NodeDescription | undefined {
    return this.#description;
  }

  /** Resolves when the node is registered; throws when the provider or the API server refuses at the first try. */
  async start(): Promise<void> {
    await this.#sync();
    this.#loop = this.#run();
  }

  /** Looks at the provider's health now instead of at the next check. */
  poke(): void {
    this.#poke.abort(new Error("poked"));
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the kubelet stops"));
    await this.#loop;
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
        if (this.#failing) logger.info("the node is up to date again");
        this.#failing = false;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (!this.#failing) logger.warn("cannot update the node", { error });
        this.#failing = true;
      }
    }
  }

  async #sync(): Promise<void> {
    const { client, identity, clock } = this.#options;
    const signal = this.#abort.signal;
    await this.#describe();
    const health = await this.#health();
    const description = this.#description ?? unheard;
    const path = `/api/v1/nodes/${identity.name}`;
    const current = await client.get<NodeObject>(path, { signal, absentOn404: true });
    const node = current ?? (await this.#create(description));
    if (current !== undefined && this.#description !== undefined)
      await this.#keepMetadata(current, description);
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    const status = nodeStatus(identity, this.#described(node.status), health, node.status, now);
    const heartbeatDue = clock.now() - this.#writtenAt >= statusHeartbeatMs;
    if (!heartbeatDue && sameStatus(status, node.status)) return;
    await client.patch(`${path}/status`, { status }, "strategic", { signal });
    this.#status = status;
    this.#writtenAt = clock.now();
  }

  /** Whether the node reports Ready=True, as last written. */
  get ready(): boolean {
    return this.#status?.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
  }

  #context(): CallContext {
    const { logger, clock } = this.#options;
    return { signal: this.#abort.signal, logger, clock };
  }

  async #describe(): Promise<void> {
    const { clock, provider, logger, onDescription } = this.#options;
    if (clock.now() - this.#describedAt < describeMs) return;
    try {
      const description = await this.#look("describeNode", (context) => provider.describeNode(context));
      this.#describedAt = clock.now();
      this.#describeError = undefined;
      if (isDeepStrictEqual(description, this.#description)) return;
      this.#description = description;
      onDescription?.(description);
    } catch (error) {
      if (this.#abort.signal.aborted) throw error;
      // The last answer stands. Without any, a backend that is out of order may come back, and another fault will not.
      if (this.#description === undefined && !isBackendDown(error)) throw error;
      if (this.#description === undefined) this.#describeError = error;
      logger.warn("cannot describe the node", { error });
    }
  }

  /** What the node has: as described, else as an earlier kubelet reported it, else nothing. */
  #described(status: NodeStatus | undefined): NodeDescription {
    if (this.#description !== undefined) return this.#description;
    const { capacity = unheard.capacity, allocatable = capacity } = status ?? {};
    return { ...unheard, capacity, allocatable };
  }

  #look<T>(method: string, call: (context: CallContext) => Promise<T>): Promise<T> {
    const limits = {
      clock: this.#options.clock,
      signal: this.#abort.signal,
      limitMs: lookLimitMs,
    };
    return callProvider(method, limits, (signal) => call({ ...this.#context(), signal }));
  }

  async #health(): Promise<ProviderHealth> {
    const { provider, backendError } = this.#options;
    if (this.#describeError !== undefined) return unavailable(this.#describeError);
    try {
      const health = await this.#look("checkHealth", async (context) => provider.checkHealth?.(context));
      if (health?.healthy === false) return health;
    } catch (error) {
      return { healthy: false, reason: "ProviderUnhealthy", message: messageOf(error) };
    }
    const error = backendError();
    return error === undefined ? { healthy: true } : unavailable(error);
  }

  #create(description: NodeDescription): Promise<NodeObject> {
    const { client, identity } = this.#options;
    const taints = [...identity.taints, ...(description.taints ?? [])];
    return client.create<NodeObject>(
      "/api/v1/nodes",
      {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
          name: identity.name,
          labels: nodeLabels(identity, description),
          annotations: identity.annotations,
        },
        spec: { taints },
      },
      { signal: this.#abort.signal },
    );
  }

  /** Adds labels, annotations and taints that are missing; what others put there stays. */
  async #keepMetadata(node: NodeObject, description: NodeDescription): Promise<void> {
    const { client, identity } = this.#options;
    const labels = missingEntries(nodeLabels(identity, description), node.metadata?.labels);
    const annotations = missingEntries(identity.annotations, node.metadata?.annotations);
    const wanted = [...identity.taints, ...(description.taints ?? [])];
    const present = node.spec?.taints ?? [];
    const taints = wanted.filter((taint) => !present.some((other) => sameTaint(taint, other)));
    if (labels === undefined && annotations === undefined && taints.length === 0) return;
    try {
      await client.patch(
        `/api/v1/nodes/${identity.name}`,
        {
          metadata: {
            // The list of taints is replaced as a whole: only over the one that was looked at.
            resourceVersion: node.metadata?.resourceVersion,
            ...(labels === undefined ? {} : { labels }),
            ...(annotations === undefined ? {} : { annotations }),
          },
          ...(taints.length === 0 ? {} : { spec: { taints: [...present, ...taints] } }),
        },
        "merge",
        { signal: this.#abort.signal },
      );
    } catch (error) {
      // Somebody else changed the node in between: the next check looks again.
      if (!isConflict(error)) throw error;
    }
  }
}

function missingEntries(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined {
  const missing = Object.entries(wanted).filter(([key, value]) => present?.[key] !== value);
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}

function sameTaint(left: Taint, right: Taint): boolean {
  return left.key === right.key && left.effect === right.effect && (left.value ?? "") === (right.value ?? "");
}

/** Equality but for heartbeat times, and for conditions that others own. */
function sameStatus(next: NodeStatus, current: NodeStatus | undefined): boolean {
  if (current === undefined) return false;
  const { conditions, ...rest } = next;
  for (const [field, value] of Object.entries(rest)) {
    const present = current[field as keyof NodeStatus];
    const comparable = field === "nodeInfo" ? { ...(present as object), ...(value as object) } : value;
    if (!isDeepStrictEqual(present, comparable)) return false;
  }
  return (conditions ?? []).every((condition) => {
    const present = current.conditions?.find((other) => other.type === condition.type);
    return (
      present !== undefined &&
      present.status === condition.status &&
      present.reason === condition.reason &&
      present.message === condition.message
    );
  });
}

function unavailable(error: unknown): ProviderHealth {
  return { healthy: false, reason: "BackendUnavailable", message: messageOf(error) };
}

function isBackendDown(error: unknown): boolean {
  return (
    isProviderError(error) && (providerErrorEffects[error.code].nodeUnready || error.code === "Throttled")
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
