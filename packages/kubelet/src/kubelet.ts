import { KubeConfig } from "@kubernetes/client-node";
import {
  type Clock,
  contractVersion,
  type Logger,
  type Provider,
  silentLogger,
  systemClock,
  type Taint,
} from "@vkubelet/core";
import { createKubeApiClient } from "./api/kube-api-client.ts";
import { defaultInternalIP } from "./node/internal-ip.ts";
import { LeaseController } from "./node/lease-controller.ts";
import { NodeController } from "./node/node-controller.ts";
import { type NodeIdentity, providerTaint } from "./node/node-object.ts";
import { EventRecorder } from "./pods/event-recorder.ts";
import { PodController } from "./pods/pod-controller.ts";
import type { KubeletServer } from "./server/kubelet-server.ts";
import { type KubeletServerSettings, startServer } from "./server-settings.ts";

/** What a virtual kubelet is made of. */
export interface KubeletOptions {
  /** Runs the pods. */
  readonly provider: Provider;
  /** Name of the node object; also its hostname label. */
  readonly nodeName: string;
  /** How to reach the API server. Default: as kubectl finds it (KUBECONFIG, ~/.kube/config, in-cluster). */
  readonly kubeConfig?: KubeConfig;
  /** Added to the node's labels. The label `type=virtual-kubelet` is there by default and can be changed here. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default: `virtual-kubelet.io/provider=<name>:NoSchedule`. An empty list registers the node without taints. */
  readonly taints?: readonly Taint[];
  /** The address at which the API server reaches this process. Default: the first non-loopback IPv4 address. */
  readonly internalIP?: string;
  /** The kubelet's HTTPS server, which `kubectl logs` needs. */
  readonly server?: KubeletServerSettings;
  /** The domain of the cluster's Services. Default: none, and then no pod has a full name (pod-semantics H2). */
  readonly clusterDomain?: string;
  /**
   * Addresses of the cluster's DNS servers, for pods whose DNS policy asks them. Default: none, and then pods resolve
   * names as their backend does (pod-semantics H4). Only for backends from whose pods these servers can be reached.
   */
  readonly clusterDNS?: readonly string[];
  /** Pods handled at the same time; 64 by default. */
  readonly concurrency?: number;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Default: the system clock. */
  readonly clock?: Clock;
}

/** A running virtual kubelet. */
export interface Kubelet extends AsyncDisposable {
  readonly nodeName: string;
  /** Port of the kubelet's HTTPS server. */
  readonly port: number;
  /** Whether the node reports Ready=True and its pods are known. */
  ready(): boolean;
  /** Ends this process's work. Pods at the backend go on; a kubelet started later under the same node name adopts them. */
  stop(): Promise<void>;
}

/** The version that the node reports: that of Kubernetes whose API this package was written against. */
const kubeletVersion = "v1.36.0-vkubelet-0.1.0";

/**
 * Registers a node and runs the pods bound to it through the provider. Resolves when the node is registered and the
 * server listens; rejects with a message of one line when the provider, its contract version, or the API server
 * refuses. A backend that cannot be reached is no refusal: the node is registered without room and not ready. After
 * that, nothing but {@link Kubelet.stop} ends it: failures are retried with backoff and shown in the node's Ready
 * condition, in pod statuses and in events.
 */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { provider, nodeName } = options;
  const logger = options.logger ?? silentLogger;
  const clock = options.clock ?? systemClock;
  checkContract(provider);
  const client = createKubeApiClient({
    kubeConfig: options.kubeConfig ?? defaultKubeConfig(),
    logger: logger.child({ component: "api" }),
    clock,
    userAgent: `vkubelet/${provider.name}`,
  });
  const internalIP = options.internalIP ?? defaultInternalIP();
  const events = new EventRecorder({ client, clock, logger, nodeName, component: "vkubelet" });
  const pods: PodController = new PodController({
    client,
    provider,
    events,
    nodeName,
    hostIPs: [internalIP],
    nodeAllocatable: () => node?.description?.allocatable ?? node?.description?.capacity,
    clusterDomain: options.clusterDomain,
    clusterDNS: options.clusterDNS ?? [],
    clock,
    logger: logger.child({ component: "pods" }),
    onHealthChange: () => node?.poke(),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
  let node: NodeController | undefined;
  const lease = new LeaseController({
    client,
    nodeName,
    clock,
    logger: logger.child({ component: "lease" }),
  });
  let server: KubeletServer | undefined;
  const stop = async () => {
    await Promise.all([node?.stop(), lease.stop(), pods.stop(), server?.close()]);
    await events.stop();
    await client[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]?.();
  };
  try {
    server = await startServer(options.server ?? {}, {
      client,
      provider,
      nodeName,
      internalIP,
      clock,
      logger: logger.child({ component: "server" }),
      pods,
    });
    const identity: NodeIdentity = {
      name: nodeName,
      providerName: provider.name,
      labels: options.labels ?? {},
      annotations: options.annotations ?? {},
      taints: options.taints ?? [providerTaint(provider.name)],
      internalIP,
      kubeletPort: server.port,
      kubeletVersion,
    };
    node = new NodeController({
      client,
      provider,
      identity,
      clock,
      logger: logger.child({ component: "node" }),
      backendError: () => pods.backendError,
    });
    await node.start();
    lease.start();
    pods.start();
  } catch (error) {
    await stop();
    throw error;
  }
  logger.info("node registered", { node: nodeName, provider: provider.name, port: server.port });
  return {
    nodeName,
    port: server.port,
    ready: () => node?.ready === true && pods.synced,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function checkContract(provider: Provider): void {
  if (provider.contractVersion !== contractVersion) {
    throw new Error(
      `provider "${provider.name}" is written for contract version ${provider.contractVersion}, this kubelet speaks ${contractVersion}: install matching versions of @vkubelet/core`,
    );
  }
}

function defaultKubeConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}
