import { contractVersion, type Provider } from "@vkubelet/core";
import { loadClusterAccess } from "./cluster-access/load-cluster-access.ts";
import { type DrainSettings, drainNode, leaveNode } from "./drain-node.ts";
import type { KubeletOptions } from "./kubelet-options.ts";
import { KubeletParts } from "./kubelet-parts.ts";
import { acquireLeadership, type Leadership } from "./leadership.ts";

/** A running virtual kubelet. */
export interface Kubelet extends AsyncDisposable {
  readonly nodeName: string;
  /** Port of the kubelet's HTTPS server. */
  readonly port: number;
  /** Whether the node reports Ready=True and its pods are known. */
  ready(): boolean;
  /** What is wrong, in one line: the API server is out of reach, the backend is ill. Undefined while all is well. */
  problem(): string | undefined;
  /**
   * Resolves when the kubelet has ended: with the reason where it did so by itself, because it lost its leadership, or
   * because an API server that had to be waited for refused the node.
   */
  readonly ended: Promise<Error | undefined>;
  /**
   * Ends this process's work. Pods at the backend go on; a kubelet started later under the same node name adopts them.
   * With `drain` the node is cordoned and not ready, and they are ended first, as a kubelet does whose machine goes
   * down. A second call changes nothing.
   */
  stop(options?: { readonly drain?: DrainSettings }): Promise<void>;
}

/**
 * Registers a node and runs the pods bound to it through the provider. Resolves when the node is registered and the
 * server listens; rejects with a message of one line when the provider, its contract version, or the API server
 * refuses. What may pass is no refusal: while the API server cannot be reached, the kubelet is there and registers as
 * soon as it can, endlessly, as {@link Kubelet.problem} and the log say; for a backend out of order the node is
 * registered without room and not ready. After that, nothing but {@link Kubelet.stop} ends it: failures are retried with
 * backoff and shown in the node's Ready condition, in pod statuses and in events.
 */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { provider, nodeName } = options;
  checkContract(provider);
  const parts = new KubeletParts(options, options.kubeConfig ?? (await loadClusterAccess()));
  let leadership: Leadership | undefined;
  const end = Promise.withResolvers<Error | undefined>();
  let stopping: Promise<void> | undefined;
  const stop = (drain: DrainSettings | undefined, reason: Error | undefined): Promise<void> => {
    stopping ??= (async () => {
      const isEmpty = drain !== undefined && (await drainNode(parts, drain));
      await parts.stop();
      if (drain !== undefined) await leaveNode(parts, { remove: isEmpty && drain.deleteNode === true });
      await leadership?.release();
      await parts.dispose();
      end.resolve(reason);
    })();
    return stopping;
  };
  const endBecause = (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    stop(undefined, error).catch((cause: unknown) =>
      parts.logger.error("cannot stop in order", { error: cause }),
    );
  };
  try {
    leadership = await lead(options, parts);
    await parts.start(endBecause);
  } catch (error) {
    await stop(undefined, undefined);
    throw error;
  }
  onAbort(leadership?.lost, (cause) => {
    endBecause(new Error(`the leadership of node "${nodeName}" is lost`, { cause }));
  });
  return {
    nodeName,
    port: parts.port ?? 0,
    ended: end.promise,
    ready: () => parts.node?.ready === true && parts.pods.synced,
    problem: () => parts.problem,
    stop: ({ drain } = {}) => stop(drain, undefined),
    [Symbol.asyncDispose]: () => stop(undefined, undefined),
  };
}

function onAbort(signal: AbortSignal | undefined, act: (reason: unknown) => void): void {
  if (signal?.aborted) act(signal.reason);
  else signal?.addEventListener("abort", () => act(signal.reason), { once: true });
}

async function lead(options: KubeletOptions, parts: KubeletParts): Promise<Leadership | undefined> {
  const { leaderElection: settings, nodeName, signal = new AbortController().signal } = options;
  if (settings === undefined) return undefined;
  const { clock, logger, unlimited: client } = parts;
  return acquireLeadership({ client, nodeName, settings, clock, logger }, signal);
}

function checkContract(provider: Provider): void {
  if (provider.contractVersion !== contractVersion) {
    throw new Error(
      `provider "${provider.name}" is written for contract version ${provider.contractVersion}, this kubelet speaks ${contractVersion}: install matching versions of @vkubelet/core`,
    );
  }
}
