import { type Clock, type Logger, silentLogger, systemClock } from "@vkubelet/core";
import { createKubeApiClient, type KubeApiClient } from "./api/kube-api-client.ts";
import { limitRequests } from "./api/request-limit.ts";
import type { ClusterAccess } from "./cluster-access/cluster-access.ts";
import type { KubeletOptions } from "./kubelet-options.ts";
import { defaultInternalIP } from "./node/internal-ip.ts";
import { LeaseController } from "./node/lease-controller.ts";
import { NodeController } from "./node/node-controller.ts";
import { providerTaint } from "./node/node-object.ts";
import { EventRecorder } from "./pods/event-recorder.ts";
import { PodController } from "./pods/pod-controller.ts";
import type { KubeletServer } from "./server/kubelet-server.ts";
import { startServer } from "./server-settings.ts";

/** The version that the node reports: that of Kubernetes whose API this package was written against. */
const kubeletVersion = "v1.36.0-vkubelet-0.1.0";

/** The parts of one kubelet, wired to each other. */
export class KubeletParts {
  readonly logger: Logger;
  readonly clock: Clock;
  /** For what must not wait for its turn: the heartbeat and the leadership. */
  readonly unlimited: KubeApiClient;
  readonly pods: PodController;
  node: NodeController | undefined;
  readonly #options: KubeletOptions;
  readonly #client: KubeApiClient;
  readonly #internalIP: string;
  readonly #events: EventRecorder;
  readonly #lease: LeaseController;
  #server: KubeletServer | undefined;

  constructor(options: KubeletOptions, kubeConfig: ClusterAccess) {
    this.#options = options;
    const { provider, nodeName, apiRequests } = options;
    const logger = options.logger ?? silentLogger;
    const clock = options.clock ?? systemClock;
    this.logger = logger;
    this.clock = clock;
    this.#internalIP = options.internalIP ?? defaultInternalIP();
    this.unlimited = createKubeApiClient({
      kubeConfig,
      logger: logger.child({ component: "api" }),
      clock,
      userAgent: `vkubelet/${provider.name}`,
    });
    const client =
      apiRequests === undefined ? this.unlimited : limitRequests(this.unlimited, apiRequests, clock);
    this.#client = client;
    this.#events = new EventRecorder({ client, clock, logger, nodeName, component: "vkubelet" });
    this.pods = this.#createPods();
    this.#lease = new LeaseController({
      client: this.unlimited,
      nodeName,
      nodeUid: () => this.node?.uid,
      clock,
      logger: logger.child({ component: "lease" }),
    });
  }

  /** Port of the server; undefined before it listens. */
  get port(): number | undefined {
    return this.#server?.port;
  }

  /** Why the node is not at work as it should be; undefined while it is. */
  get problem(): string | undefined {
    const error = this.node?.lastError;
    if (error !== undefined) return error instanceof Error ? error.message : String(error);
    if (this.node?.notReady !== undefined) return this.node.notReady;
    if (this.node?.ready !== true) return "the node is not registered yet";
    return this.pods.problem;
  }

  /**
   * Listens and registers the node; work on pods begins once that is done. Resolves at that time, or when it is clear
   * that the API server must be waited for; `onRefused` is told of a refusal that comes after the wait.
   */
  async start(onRefused: (error: unknown) => void): Promise<void> {
    const { nodeName, provider } = this.#options;
    const waits = Promise.withResolvers<void>();
    await this.#listen();
    this.node = this.#createNode(this.#server?.port ?? 0);
    const work = this.node
      .start(() => waits.resolve())
      .then(() => {
        this.logger.info("node registered", { node: nodeName, provider: provider.name, port: this.port });
        this.#lease.start();
        this.pods.start();
      });
    await Promise.race([work, waits.promise]);
    work.catch(onRefused);
  }

  async #listen(): Promise<void> {
    const { provider, nodeName } = this.#options;
    this.#server = await startServer(this.#options.server ?? {}, {
      client: this.#client,
      provider,
      nodeName,
      internalIP: this.#internalIP,
      clock: this.clock,
      logger: this.logger.child({ component: "server" }),
      pods: this.pods,
    });
  }

  /** Ends all work of this process. */
  async stop(): Promise<void> {
    await Promise.all([this.node?.stop(), this.#lease.stop(), this.pods.stop(), this.#server?.close()]);
    await this.#events.stop();
  }

  /** Frees what reaches beyond the process. */
  async dispose(): Promise<void> {
    await this.unlimited[Symbol.asyncDispose]();
    await this.#options.provider[Symbol.asyncDispose]?.();
  }

  #createPods(): PodController {
    const { provider, nodeName, clusterDomain, clusterDNS = [], concurrency, orphans } = this.#options;
    return new PodController({
      client: this.#client,
      provider,
      events: this.#events,
      nodeName,
      hostIPs: [this.#internalIP],
      nodeAllocatable: () => this.node?.description?.allocatable ?? this.node?.description?.capacity,
      clusterDomain,
      clusterDNS,
      clock: this.clock,
      logger: this.logger.child({ component: "pods" }),
      onHealthChange: () => this.node?.poke(),
      onNodeDeleted: () => this.node?.poke(),
      ...(concurrency !== undefined && { concurrency }),
      ...(orphans !== undefined && { orphans }),
    });
  }

  #createNode(kubeletPort: number): NodeController {
    const { provider, nodeName, labels = {}, annotations = {}, providerID } = this.#options;
    const taints = this.#options.taints ?? [providerTaint(provider.name)];
    return new NodeController({
      client: this.#client,
      provider,
      identity: {
        name: nodeName,
        providerName: provider.name,
        labels,
        annotations,
        taints,
        providerID,
        internalIP: this.#internalIP,
        kubeletPort,
        kubeletVersion,
      },
      events: this.#events,
      clock: this.clock,
      logger: this.logger.child({ component: "node" }),
      backendError: () => this.pods.backendError,
    });
  }
}
