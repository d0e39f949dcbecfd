import type { Clock, Taint } from "@vkubelet/core";
import { type Kubelet, startKubelet } from "@vkubelet/kubelet";
import { createInMemoryProvider, InMemoryBackend, inMemoryWorkloads } from "@vkubelet/testing";
import { consoleLogger } from "../console-logger.ts";
import { type AnyObject, pathOf } from "../control-planes/api-client.ts";
import { type Bench, benchOf } from "../control-planes/bench.ts";
import { type ShutProxy, startProxiedConfig } from "../shut-proxy.ts";
import type { TestCluster } from "../test-cluster.ts";
import { waitFor } from "../wait-for.ts";

/** One behaviour, which every control plane has to show in the same way. */
export interface Scenario {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** A virtual node of the stage, with the backend at which a scenario says how pods end. */
export interface StageNode {
  readonly name: string;
  readonly backend: InMemoryBackend;
  /** Stands before the API server for this node alone. */
  readonly proxy: ShutProxy;
}

/** A control plane with virtual nodes, on which scenarios run side by side. */
export class Stage implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly bench: Bench;
  /** A node with the usual taint of virtual nodes. */
  readonly virtual: StageNode;
  /** A node that takes every pod. */
  readonly plain: StageNode;
  readonly #running: { readonly kubelet: Kubelet; readonly proxy: ShutProxy }[];

  private constructor(
    cluster: TestCluster,
    started: readonly [Started, Started],
    running: { readonly kubelet: Kubelet; readonly proxy: ShutProxy }[],
  ) {
    this.cluster = cluster;
    this.bench = benchOf(cluster);
    this.virtual = started[0].node;
    this.plain = started[1].node;
    this.#running = running;
  }

  static async open(cluster: TestCluster): Promise<Stage> {
    const virtual = await startNode(cluster, "virtual");
    const plain = await startNode(cluster, "plain", { taints: [] });
    return new Stage(
      cluster,
      [virtual, plain],
      [virtual, plain].map(({ kubelet, node }) => ({ kubelet, proxy: node.proxy })),
    );
  }

  /** Another node with the usual taint, for what concerns a node as a whole. */
  async startNode(name: string, options: { readonly clock?: Clock } = {}): Promise<StageNode> {
    const { node, kubelet } = await startNode(this.cluster, name, options);
    this.#running.push({ kubelet, proxy: node.proxy });
    return node;
  }

  node(name: string): Promise<AnyObject> {
    return this.bench.api.get(pathOf("nodes", undefined, name));
  }

  untilNode(name: string, what: string, accept: (node: AnyObject) => boolean): Promise<AnyObject> {
    return waitFor(`node ${name} ${what}`, () => this.node(name), accept);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map(({ kubelet }) => kubelet.stop()));
    for (const { proxy } of this.#running) proxy.close();
    this.bench.api.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

interface Started {
  readonly node: StageNode;
  readonly kubelet: Kubelet;
}

async function startNode(
  cluster: TestCluster,
  name: string,
  options: { readonly clock?: Clock; readonly taints?: readonly Taint[] } = {},
): Promise<Started> {
  const backend = new InMemoryBackend({ clock: cluster.clock });
  const { config, proxy } = await startProxiedConfig(await cluster.nodeKubeConfig(name));
  const kubelet = await startKubelet({
    provider: createInMemoryProvider({ backend, watches: true, updates: true }),
    nodeName: name,
    kubeConfig: config,
    clock: cluster.clock,
    internalIP: "127.0.0.1",
    server: { address: "127.0.0.1", port: 0, clientCa: cluster.kubeletClientCa },
    logger: consoleLogger(name),
    ...options,
  });
  return { node: { name, backend, proxy }, kubelet };
}

/** What containers do: they run, end with a code, or take no notice of a stop. */
export const { runs, exits, ignoresStop } = inMemoryWorkloads;

/** The spec of a pod that belongs on the node; its one container `main` runs until a scenario ends it. */
export function specOn(node: StageNode, container: AnyObject = runs(), spec: AnyObject = {}): AnyObject {
  return {
    nodeSelector: { "kubernetes.io/hostname": node.name },
    tolerations: [{ key: "virtual-kubelet.io/provider", operator: "Exists" }],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    containers: [{ name: "main", ...container }],
    ...spec,
  };
}

export function pod(name: string, spec: AnyObject, metadata: AnyObject = {}): AnyObject {
  return { metadata: { name, labels: { app: "case" }, ...metadata }, spec };
}

/** A workload whose pods have the spec. */
export function workload(name: string, podSpec: AnyObject, spec: AnyObject = {}): AnyObject {
  const labels = { app: "case" };
  return {
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec },
      ...spec,
    },
  };
}

export function conditionOf(object: AnyObject, type: string): AnyObject {
  return object.status?.conditions?.find((condition: AnyObject) => condition.type === type);
}

export function isReady(object: AnyObject): boolean {
  return conditionOf(object, "Ready")?.status === "True";
}

export const isRunning = ({ status }: AnyObject): boolean => status?.phase === "Running";

export const isOver = ({ status }: AnyObject): boolean => ["Succeeded", "Failed"].includes(status?.phase);

export const uidOf = ({ metadata }: AnyObject): string => metadata.uid;

export const mainOf = ({ status }: AnyObject): AnyObject =>
  status?.containerStatuses?.find(({ name }: AnyObject) => name === "main");

/** How often the backend began to run the pod. */
export function startsOf({ backend }: StageNode, uid: string): number {
  return backend.started.filter((run) => run.startsWith(`${uid}/`)).length;
}

/** Resolves when nothing of the pods runs at the backend any more. */
export async function untilEnded(node: StageNode, uids: readonly string[]): Promise<void> {
  await waitFor(
    `pods ended at the backend of ${node.name}`,
    async () => uids.filter((uid) => node.backend.runningPod(uid) !== undefined),
    (left) => left.length === 0,
  );
}
