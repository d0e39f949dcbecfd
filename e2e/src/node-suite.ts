import { type Kubelet, type KubeletOptions, startKubelet } from "@vkubelet/kubelet";
import { createInMemoryProvider, InMemoryBackend } from "@vkubelet/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AnyObject } from "./behaviours/objects.ts";
import { consoleLogger } from "./console-logger.ts";
import { startProxiedConfig } from "./shut-proxy.ts";
import type { TestCluster } from "./test-cluster.ts";
import { waitFor } from "./wait-for.ts";

/** A node whose kubelet is started and stopped, and what the cluster says of it. */
export class ObservedNode {
  readonly name: string;
  readonly backend: InMemoryBackend;
  readonly #cluster: TestCluster;

  constructor(cluster: TestCluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
    this.backend = new InMemoryBackend({ clock: cluster.clock });
  }

  start(options: Partial<KubeletOptions> = {}): Promise<Kubelet> {
    return startKubelet({
      provider: createInMemoryProvider({ backend: this.backend, watches: true }),
      nodeName: this.name,
      kubeConfig: this.#cluster.kubeConfig(),
      clock: this.#cluster.clock,
      internalIP: "127.0.0.1",
      server: { address: "127.0.0.1", port: 0, clientCa: this.#cluster.kubeletClientCa },
      logger: consoleLogger(this.name),
      ...options,
    });
  }

  async run(args: readonly string[], input?: string): Promise<string> {
    const result = await this.#cluster.kubectl(args, input === undefined ? {} : { input });
    expect(result, `${args.join(" ")}: ${result.stderr}`).toMatchObject({ code: 0 });
    return result.stdout;
  }

  /** An object by kind and name; undefined where there is none. */
  async get(...args: readonly string[]): Promise<AnyObject> {
    const text = await this.run(["get", ...args, "--ignore-not-found", "-o", "json"]);
    return text === "" ? undefined : JSON.parse(text);
  }

  object(): Promise<AnyObject> {
    return this.get("node", this.name);
  }

  lease(): Promise<AnyObject> {
    return this.get("lease", this.name, "-n", "kube-node-lease");
  }

  /** The Node once it is as expected. */
  until(what: string, accept: (node: AnyObject) => boolean): Promise<AnyObject> {
    return waitFor(`node ${this.name} ${what}`, () => this.object(), accept);
  }

  /** Creates a pod on the node that stays there whatever the node's taints, and waits until it is ready. */
  async runPod(pod: string): Promise<void> {
    const spec = {
      nodeName: this.name,
      terminationGracePeriodSeconds: 5,
      tolerations: [{ operator: "Exists" }],
      automountServiceAccountToken: false,
      containers: [{ name: "main", image: "busybox" }],
    };
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: pod }, spec };
    await this.run(["create", "-f", "-"], JSON.stringify(object));
    await this.untilPod(pod, "is ready", isReady);
  }

  untilPod(pod: string, what: string, accept: (pod: AnyObject) => boolean): Promise<AnyObject> {
    return waitFor(`pod ${pod} ${what}`, () => this.get("pod", pod), accept);
  }
}

export function conditionOf(object: AnyObject, type: string): AnyObject {
  return object?.status?.conditions?.find((condition: AnyObject) => condition.type === type);
}

export function isReady(object: AnyObject): boolean {
  return conditionOf(object, "Ready")?.status === "True";
}

const taintsOf = (node: AnyObject): readonly string[] =>
  (node?.spec.taints ?? []).map(({ key, value = "", effect }: AnyObject) => `${key}=${value}:${effect}`);

/** What becomes of a Node and its Lease, whoever else writes to them. */
export function describeNode(startCluster: () => Promise<TestCluster>): void {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it("adds what is missing, leaves what others put there, and takes away what is wanted no more", async () => {
    const node = new ObservedNode(cluster, "kept");
    const first = await node.start({
      labels: { "example.com/a": "1", "example.com/b": "1" },
      annotations: { "example.com/n": "1" },
      taints: [{ key: "own", value: "1", effect: "NoSchedule" }],
      providerID: "cloud:///kept",
    });
    expect((await node.object()).spec.providerID).toBe("cloud:///kept");
    await node.run(["label", "node", "kept", "example.com/theirs=x", "example.com/a-"]);
    await node.run(["taint", "node", "kept", "theirs=x:NoSchedule", "own-"]);
    const restored = await node.until("has its own again", (object) =>
      taintsOf(object).includes("own=1:NoSchedule"),
    );
    expect(taintsOf(restored)).toContain("theirs=x:NoSchedule");
    expect(restored.metadata.labels).toMatchObject({ "example.com/a": "1", "example.com/theirs": "x" });
    await first.stop();
    await using _ = await node.start({ labels: { "example.com/b": "2" }, taints: [] });
    const later = await node.object();
    expect(later.metadata.labels).toMatchObject({ "example.com/b": "2", "example.com/theirs": "x" });
    expect(later.metadata.labels).not.toHaveProperty("example.com/a");
    expect(later.metadata.annotations).not.toHaveProperty("example.com/n");
    expect(taintsOf(later)).toContain("theirs=x:NoSchedule");
    expect(taintsOf(later).join()).not.toContain("own=");
  });

  it("has what its backend says, and no more what that has lost", async () => {
    const node = new ObservedNode(cluster, "shrinks");
    const provider = createInMemoryProvider({ backend: node.backend, watches: true });
    const start = (capacity: Record<string, string>) => {
      const allocatable = { ...capacity, cpu: "1500m" };
      const describeNode: typeof provider.describeNode = async (context) => ({
        ...(await provider.describeNode(context)),
        ...{ capacity, allocatable },
      });
      return node.start({ provider: { ...provider, describeNode } });
    };
    const capacity = { cpu: "2", memory: "4Gi", pods: "10" };
    const first = await start({ ...capacity, "example.com/gpu": "1" });
    const { status } = await node.object();
    expect(status.capacity).toEqual({ cpu: "2", memory: "4Gi", pods: "10", "example.com/gpu": "1" });
    expect(status.allocatable).toMatchObject({ cpu: "1500m", "example.com/gpu": "1" });
    await first.stop();
    await using _ = await start(capacity);
    const later = (await node.object()).status;
    expect(later.capacity).toEqual({ cpu: "2", memory: "4Gi", pods: "10" });
    expect(later.allocatable).toEqual({ cpu: "1500m", memory: "4Gi", pods: "10" });
  });

  it("is registered anew with its Lease when somebody deletes it, and its pods go on", async () => {
    const node = new ObservedNode(cluster, "deleted");
    await using _ = await node.start();
    await node.runPod("stays");
    const before = await node.object();
    const lease = await waitFor(
      "its lease",
      () => node.lease(),
      (object) => object !== undefined,
    );
    expect(lease.metadata.ownerReferences).toEqual([
      { apiVersion: "v1", kind: "Node", name: "deleted", uid: before.metadata.uid },
    ]);
    await node.run(["delete", "node", "deleted"]);
    const after = await node.until("is there again", isReady);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    await waitFor(
      "the lease of the new node",
      () => node.lease(),
      (object) => object?.metadata.ownerReferences?.[0]?.uid === after.metadata.uid,
    );
    expect((await node.get("pod", "stays")).status.phase).toBe("Running");
    expect(node.backend.started).toHaveLength(1);
    await node.run(["delete", "pod", "stays"]);
  });

  it("is refused when it is another kubelet's, and nothing of it is changed", async () => {
    const node = new ObservedNode(cluster, "foreign");
    const object = { apiVersion: "v1", kind: "Node", metadata: { name: "foreign" } };
    await node.run(["create", "-f", "-"], JSON.stringify(object));
    const nodeInfo = {
      ...{ kubeletVersion: "v1.34.4", containerRuntimeVersion: "containerd://1.6.20" },
      ...{ machineID: "", systemUUID: "", bootID: "", kernelVersion: "", osImage: "" },
      ...{ kubeProxyVersion: "", operatingSystem: "linux", architecture: "amd64" },
    };
    const patch = JSON.stringify({ status: { nodeInfo } });
    await node.run(["patch", "node", "foreign", "--subresource", "status", "--patch", patch]);
    await expect(node.start()).rejects.toThrow(
      'cannot register node "foreign": it belongs to another kubelet (version v1.34.4, container runtime containerd://1.6.20); choose another node name, or delete the Node when nothing runs on it any more (kubectl delete node foreign)',
    );
    const { metadata, status } = await node.object();
    expect(metadata.labels ?? {}).not.toHaveProperty("type");
    expect(status.nodeInfo.kubeletVersion).toBe("v1.34.4");
    await node.run(["delete", "node", "foreign"]);
  });

  it("is not ready while its backend is ill; its pods are what they are", async () => {
    const node = new ObservedNode(cluster, "ill");
    const provider = createInMemoryProvider({ backend: node.backend, watches: true });
    let ill = false;
    const checkHealth = async () =>
      ill ? { healthy: false, reason: "Ill", message: "the backend is ill" } : { healthy: true };
    await using _ = await node.start({ provider: { ...provider, checkHealth } });
    await node.runPod("bears");
    const before = conditionOf(await node.get("pod", "bears"), "Ready");
    ill = true;
    // NoExecute would not do: the control plane evicts nothing while every node that it knows is out of order.
    const unready = await node.until("is tainted", (object) =>
      taintsOf(object).includes("node.kubernetes.io/not-ready=:NoSchedule"),
    );
    expect(conditionOf(unready, "Ready")).toMatchObject({
      status: "False",
      reason: "Ill",
      message: "the backend is ill",
    });
    ill = false;
    await node.until("is ready and not tainted", (object) => {
      return isReady(object) && !taintsOf(object).join().includes("not-ready");
    });
    expect(conditionOf(await node.get("pod", "bears"), "Ready")).toEqual(before);
    await node.run(["delete", "pod", "bears"]);
  });

  it("is cordoned while it is drained, stays so, and is used again after the next start", async () => {
    const node = new ObservedNode(cluster, "drained");
    const first = await node.start();
    await node.runPod("ends");
    await first.stop({ drain: { graceSeconds: 10 } });
    const left = await node.object();
    expect(left.spec.unschedulable).toBe(true);
    expect(conditionOf(left, "Ready")).toMatchObject({
      status: "False",
      reason: "KubeletNotReady",
      message: "node is shutting down",
    });
    expect((await node.get("pod", "ends")).status).toMatchObject({
      phase: "Failed",
      reason: "Terminated",
    });
    const second = await node.start();
    const again = await node.until("is ready", isReady);
    expect(again.spec.unschedulable).toBeUndefined();
    await second.stop({ drain: { graceSeconds: 10, deleteNode: true } });
    expect(await node.object()).toBeUndefined();
  });

  it("comes back after it was taken for dead, with its pods ready, which were marked otherwise", async () => {
    const node = new ObservedNode(cluster, "silent");
    const { config, proxy } = await startProxiedConfig(cluster.kubeConfig());
    try {
      await using _ = await node.start({ kubeConfig: config });
      await node.runPod("outlives");
      proxy.setOpen(false);
      await node.until("is unknown", (object) => conditionOf(object, "Ready").status === "Unknown");
      await node.untilPod("outlives", "is marked", (pod) => !isReady(pod));
      proxy.setOpen(true);
      await node.until("is ready", isReady);
      await node.untilPod("outlives", "is ready", isReady);
    } finally {
      proxy.close();
    }
  });
}
