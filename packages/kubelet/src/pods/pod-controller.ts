import type { Clock, Logger, Pod, PodContext, PodRef, Provider, ResourceList } from "@vkubelet/core";
import { isMirrorPod, type NodeDns, type NodeForAdmission, type PodVerdict } from "@vkubelet/pod";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import type { ChangeEvent, KubeObject } from "../api/kube-object.ts";
import type { Keep } from "../api/object-changes.ts";
import type { ReadonlyObjectStore } from "../api/object-store.ts";
import { createReflector, type Reflector } from "../api/reflector.ts";
import { TimeLimits } from "../api/time-limits.ts";
import { changeLimitMs } from "./change-calls.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { NodeAdmission } from "./node-admission.ts";
import { NodeView } from "./node-view.ts";
import { ObservationFeed } from "./observation-feed.ts";
import type { OrphanSettings } from "./orphan-sweep.ts";
import { OrphanSweeper } from "./orphan-sweeper.ts";
import { type DrainedPod, drainPods, type PodDrainSettings } from "./pod-drain.ts";
import { PodResolver } from "./pod-resolver.ts";
import { kubeletStops, type PodWorkerEnvironment } from "./pod-scope.ts";
import { PodWorker } from "./pod-worker.ts";
import { RejectionPacer } from "./rejection-pacer.ts";
import { SharedTexts } from "./shared-texts.ts";
import { withoutUnset } from "./without-unset.ts";

/** Options of {@link PodController}. */
export interface PodControllerOptions {
  readonly client: KubeApiClient;
  readonly provider: Provider;
  readonly events: EventRecorder;
  readonly nodeName: string;
  readonly hostIPs: readonly string[];
  /** What the backend says that the node has; undefined while it has not said anything: then no pod is admitted. */
  readonly nodeAllocatable: () => ResourceList | undefined;
  /** The domain of the cluster's Services; undefined where it is not known. */
  readonly clusterDomain?: string | undefined;
  /** Addresses of the cluster's DNS servers; none by default. */
  readonly clusterDNS?: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the backend stops or starts to answer. */
  readonly onHealthChange: () => void;
  /** Told when somebody deletes the Node. */
  readonly onNodeDeleted: () => void;
  /** Pods handled at the same time; 64 by default. */
  readonly concurrency?: number;
  /** What becomes of pods whose objects are gone. */
  readonly orphans?: OrphanSettings;
  /** From 0 to below 1, for jitter; `Math.random` by default. */
  readonly random?: () => number;
}

const defaultConcurrency = 64;
const podsUnknown = "the pods of the node are not known yet";

/**
 * Drives the provider for the pods bound to one node. One worker per pod UID; a worker is woken by a change of its pod
 * object, of its observation, or of an object that it refers to, and never runs twice at the same time.
 */
export class PodController {
  readonly #options: PodControllerOptions;
  readonly #pods: Reflector<Pod & KubeObject>;
  readonly #feed: ObservationFeed;
  readonly #resolver: PodResolver;
  readonly #queue: KeyedQueue;
  readonly #sweeper: OrphanSweeper;
  readonly #node: NodeView;
  readonly #admission: NodeAdmission;
  readonly #workers = new Map<string, PodWorker>();
  readonly #environment: PodWorkerEnvironment;
  readonly #abort = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: PodControllerOptions) {
    this.#options = options;
    const { client, provider, clock, logger, nodeName } = options;
    this.#pods = createReflector<Pod & KubeObject>({
      client,
      path: "/api/v1/pods",
      query: { fieldSelector: `spec.nodeName=${nodeName}` },
      clock,
      logger,
      onChange: (event) => this.#podChanged(event),
      keep: keepPods(),
    });
    this.#feed = new ObservationFeed({
      provider,
      clock,
      logger,
      isOurs: (uid) => this.#workers.has(uid),
      onChange: (uid) => this.#observationChanged(uid),
      onHealthChange: options.onHealthChange,
    });
    this.#resolver = new PodResolver({
      client,
      clock,
      logger,
      nodeAllocatable: () => options.nodeAllocatable() ?? {},
      clusterDomain: options.clusterDomain,
      dns: nodeDnsOf(options),
      runsImages: provider.traits.runsImages ?? true,
      onChange: (uid) => this.#queue.add(uid),
      random: options.random ?? Math.random,
    });
    this.#node = new NodeView({
      client,
      nodeName,
      allocatable: options.nodeAllocatable,
      onDeleted: options.onNodeDeleted,
      clock,
      logger,
    });
    this.#admission = new NodeAdmission({ node: () => this.#readNode() });
    this.#sweeper = new OrphanSweeper({
      feed: this.#feed,
      hasObject: (uid) => this.#workers.has(uid),
      isCertain: () => this.synced && this.#pods.status().lastError === undefined,
      onOrphan: (ref) => {
        this.#worker(ref);
        this.#queue.add(ref.uid);
      },
      settings: options.orphans,
      clock,
      logger,
    });
    this.#queue = new KeyedQueue({
      process: (uid) => this.#sync(uid),
      concurrency: options.concurrency ?? defaultConcurrency,
      clock,
      logger,
    });
    this.#environment = {
      ...{ provider, client, clock, logger, events: options.events, hostIPs: options.hostIPs },
      ...{ feed: this.#feed, resolver: this.#resolver, admission: this.#admission },
      rejections: new RejectionPacer(),
      changeLimits: new TimeLimits(clock, changeLimitMs),
    };
  }

  /** The pods bound to this node, as last seen. */
  get pods(): ReadonlyObjectStore<Pod & KubeObject> {
    return this.#pods.store;
  }

  /** The context of a call about a pod; undefined for a pod that is not known here. */
  podContext(uid: string, signal: AbortSignal): PodContext | undefined {
    return this.#workers.get(uid)?.contextFor(signal);
  }

  /** Why the backend does not answer; undefined while it does. */
  get backendError(): unknown {
    return this.#feed.lastError;
  }

  /** Whether the pods are known and the backend was listed once. */
  get synced(): boolean {
    return this.#pods.status().synced && this.#feed.listedAt !== undefined;
  }

  /** Why pods are not followed as they should be; undefined while they are. */
  get problem(): string | undefined {
    const unknown = this.synced ? undefined : podsUnknown;
    return this.#pods.status().lastError?.message ?? unknown;
  }

  start(): void {
    this.#pods.hasSynced.then(
      () => this.#addAll(),
      () => {},
    );
    this.#resolver.start();
    this.#feed.start();
    this.#running = Promise.all([
      this.#pods.run(this.#abort.signal),
      this.#node.run(this.#abort.signal),
      this.#sweeper.run(this.#abort.signal),
    ]);
  }

  /** Takes no more pods and ends those that are there; answers the ones that were not over in time. */
  async drain(settings: PodDrainSettings): Promise<readonly Pod[]> {
    this.#admission.shutDown();
    const drained = [...this.#workers.values()].flatMap((worker): readonly DrainedPod[] => {
      const { pod, ref } = worker;
      if (pod === undefined || worker.isOver || isMirrorPod(pod)) return [];
      const end = (verdict: PodVerdict) => {
        worker.end(verdict);
        this.#queue.add(ref.uid);
      };
      return [{ pod, end, isOver: () => worker.isOver || !this.#workers.has(ref.uid) }];
    });
    return drainPods(drained, settings, this.#options.clock);
  }

  /** Ends all work of this process. Pods at the backend go on. */
  async stop(): Promise<void> {
    this.#abort.abort(kubeletStops);
    for (const worker of this.#workers.values()) worker.stop();
    await Promise.all([this.#feed.stop(), this.#resolver.stop(), this.#queue.stop(), this.#running]);
    this.#environment.changeLimits[Symbol.dispose]();
  }

  #podChanged(event: ChangeEvent<Pod & KubeObject>): void {
    const ref = refOf(event.object);
    if (ref === undefined) return;
    const worker = this.#worker(ref);
    if (event.type === "deleted") this.#admission.release(ref.uid);
    else this.#admission.observe(event.object);
    worker.observePod(event.type === "deleted" ? undefined : event.object);
    // Those of the first list become due together, in order.
    if (!this.#pods.status().synced) return;
    const isUrgent = event.type !== "modified" || event.object.metadata?.deletionTimestamp !== undefined;
    if (isUrgent) this.#queue.add(ref.uid);
    else this.#tellNews(worker);
  }

  #observationChanged(uid: string): void {
    // The first complete listing: now every pod may be decided upon.
    if (uid === "") this.#addAll();
    else this.#tellNews(this.#workers.get(uid));
  }

  #tellNews(worker: PodWorker | undefined): void {
    if (worker === undefined) return;
    const wait = worker.news.wait(this.#options.clock.monotonic());
    if (wait === 0) this.#queue.add(worker.ref.uid);
    else this.#queue.addAfter(worker.ref.uid, wait);
  }

  /** Makes every pod due, the oldest first: the kubelet's order of admission (pod-semantics Y2). */
  #addAll(): void {
    const createdAt = ({ pod }: PodWorker) => pod?.metadata?.creationTimestamp ?? "";
    const workers = [...this.#workers.values()].sort((a, b) => createdAt(a).localeCompare(createdAt(b)));
    for (const { ref } of workers) this.#queue.add(ref.uid);
  }

  /** Before all pods are known, those that were admitted before are not, and their room must not be given away. */
  #readNode(): NodeForAdmission | string {
    return this.#pods.status().synced ? this.#node.read() : podsUnknown;
  }

  #worker(ref: PodRef): PodWorker {
    const known = this.#workers.get(ref.uid);
    if (known !== undefined) return known;
    const worker = new PodWorker(ref, this.#environment);
    this.#workers.set(ref.uid, worker);
    return worker;
  }

  async #sync(uid: string): Promise<number | undefined> {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return undefined;
    worker.news.take(this.#options.clock.monotonic());
    const result = await worker.sync();
    if (result !== "done") return result;
    worker.stop();
    this.#workers.delete(uid);
    this.#queue.forget(uid);
    return undefined;
  }
}

/** A status is compared and built upon time and again, and for that stands as it was meant. */
function keepPods(): Keep<Pod & KubeObject> {
  const texts = new SharedTexts();
  return (received) => {
    const status = withoutUnset(received.status);
    const isAsMeant = status === undefined || status === received.status;
    const pod = isAsMeant ? received : { ...received, status };
    texts.shareIn(pod);
    return pod;
  };
}

/** Nothing is said of DNS unless the cluster's servers are known: what resolves names is the backend's business. */
function nodeDnsOf({ clusterDNS = [], hostIPs }: PodControllerOptions): NodeDns | undefined {
  return clusterDNS.length === 0 ? undefined : { clusterDNS, host: "backend", nodeIPs: hostIPs };
}

function refOf(pod: Pod): PodRef | undefined {
  const { namespace, name, uid } = pod.metadata ?? {};
  return namespace === undefined || name === undefined || uid === undefined
    ? undefined
    : { namespace, name, uid };
}
