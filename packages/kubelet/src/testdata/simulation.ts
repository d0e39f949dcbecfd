import type { Pod, PodSpec, Provider, ResolvedPod, Taint } from "@vkubelet/core";
import { silentLogger } from "@vkubelet/core";
import { createInMemoryProvider, FakeClock, InMemoryBackend, type InMemoryProviderOptions } from "@vkubelet/testing";
import { EventRecorder } from "../pods/event-recorder.ts";
import { PodController, type PodControllerOptions } from "../pods/pod-controller.ts";
import { type Fuse, guarded } from "./fuse.ts";
import { type AnyObject, type ApiCall, MemoryApi } from "./memory-api.ts";

export const nodeName = "vk";

/** One process of a kubelet. */
export interface SimulatedKubelet {
  readonly pods: PodController;
  /** As an operator stops it. */
  stop(): Promise<void>;
}

type Choices = Partial<Pick<PodControllerOptions, "clusterDomain" | "clusterDNS" | "orphans" | "nodeName" | "logger">>;

/** An API server, a backend and a clock that outlive the kubelets which work on them. */
export class Simulation {
  readonly clock = new FakeClock();
  readonly backend = new InMemoryBackend({ now: () => this.clock.now() });
  readonly api = new MemoryApi(() => this.clock.now());
  readonly #options: Omit<InMemoryProviderOptions, "backend">;
  healthChanges = 0;

  readonly #takesUpdates: boolean;
  /** What a backend that takes changes was given, in order: images and files. */
  readonly updates: string[] = [];

  constructor(
    options: Omit<InMemoryProviderOptions, "backend"> = {},
    { takesUpdates = false }: { readonly takesUpdates?: boolean } = {},
  ) {
    this.#options = options;
    this.#takesUpdates = takesUpdates;
    this.setNode({});
  }

  /** What the backend says that the node has. */
  allocatable: Record<string, string> | undefined = { cpu: "64", memory: "64Gi", pods: "110" };

  /** Gives the node labels and taints. */
  setNode(labels: Record<string, string>, taints: readonly Taint[] = []): void {
    const metadata = { name: nodeName, labels };
    this.api.put(`/api/v1/nodes/${nodeName}`, { apiVersion: "v1", kind: "Node", metadata, spec: { taints } });
  }

  provider(): Provider {
    const provider = createInMemoryProvider({ backend: this.backend, ...this.#options });
    const updatePod = async (pod: ResolvedPod) => {
      this.updates.push(changeableText(pod));
    };
    return this.#takesUpdates ? { ...provider, updatePod } : provider;
  }

  /** Starts a process; with a fuse it can be made to die at any call. */
  start({ fuse = () => {}, ...options }: { readonly fuse?: Fuse; readonly provider?: Provider } & Choices = {}): SimulatedKubelet {
    const { clock } = this;
    const client = this.api.client((call: ApiCall, when) => fuse(`${call.method} ${call.path}`, when));
    const { provider: given = this.provider(), ...choices } = options;
    const provider = guarded(given, fuse);
    const { logger = silentLogger } = options;
    const events = new EventRecorder({ client, clock, logger, nodeName, component: "vkubelet" });
    const pods = new PodController({
      client,
      provider,
      events,
      nodeName,
      hostIPs: ["127.0.0.1"],
      random: () => 0,
      nodeAllocatable: () => this.allocatable,
      clock,
      logger,
      onHealthChange: () => {
        this.healthChanges += 1;
      },
      onNodeDeleted: () => {},
      ...choices,
    });
    pods.start();
    const stop = async () => {
      await pods.stop();
      const ended = events.stop();
      await clock.advance(2_000);
      await ended;
    };
    return { pods, stop };
  }

  /** Breaks every watch that is open, at the API server and at the backend. */
  dropWatches(): void {
    this.api.dropWatches();
    if (this.#options.watches === true) this.backend.fail("watchPods", new Error("stream reset"));
  }

  /** Binds a pod to the node; answers its UID. */
  addPod(name: string, spec: Partial<PodSpec> = {}, metadata: Record<string, unknown> = {}): string {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", generation: 1, ...metadata },
      spec: {
        nodeName,
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 30,
        containers: [{ name: "main", image: "app:1" }],
        ...spec,
      },
    };
    return this.api.put(podPath(name), pod).metadata.uid;
  }

  addConfigMap(name: string, data: Record<string, string>, rest: { readonly immutable?: boolean } = {}): void {
    this.api.put(`/api/v1/namespaces/default/configmaps/${name}`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "default" },
      data,
      ...rest,
    });
  }

  /** As a user changes a pod: its generation grows with its spec. */
  changePod(name: string, change: { readonly metadata?: AnyObject; readonly spec?: AnyObject }): void {
    const pod: AnyObject = this.pod(name);
    const generation = pod.metadata.generation + (change.spec === undefined ? 0 : 1);
    const metadata = { ...pod.metadata, ...change.metadata, generation };
    this.api.put(podPath(name), { ...pod, metadata, spec: { ...pod.spec, ...change.spec } });
  }

  deletePod(name: string, gracePeriodSeconds = 30): void {
    this.api.deletePod(podPath(name), gracePeriodSeconds, this.clock.now());
  }

  pod(name: string): (Pod & AnyObject) | undefined {
    return this.api.get(podPath(name));
  }

  status(name: string): AnyObject {
    return this.pod(name)?.status;
  }

  container(name: string): AnyObject {
    return this.status(name)?.containerStatuses?.[0];
  }

  /** Reasons of the events about a pod, each as often as it was told. */
  events(name: string): readonly string[] {
    return this.api
      .all("events")
      .filter((event) => event.involvedObject.name === name)
      .flatMap((event) => Array.from({ length: event.count }, () => event.reason));
  }

  eventMessages(name: string): readonly string[] {
    return this.api
      .all("events")
      .filter((event) => event.involvedObject.name === name)
      .map((event) => `${event.type} ${event.reason}: ${event.message}`);
  }

  advance(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }
}

function changeableText({ containers, volumes }: ResolvedPod): string {
  const files = volumes.flatMap((volume) => (volume.type === "files" ? volume.files : []));
  const texts = files.map(({ path, content }) => `${path}=${new TextDecoder().decode(content)}`);
  return [...containers.map(({ image }) => image), ...texts].join(" ");
}

export function podPath(name: string): string {
  return `/api/v1/namespaces/default/pods/${name}`;
}
