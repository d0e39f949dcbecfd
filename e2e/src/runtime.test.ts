import { type Provider, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { type Kubelet, type KubeletOptions, startKubelet } from "@vkubelet/kubelet";
import { createInMemoryProvider, InMemoryBackend } from "@vkubelet/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { consoleLogger } from "./console-logger.ts";
import { describeOnEachControlPlane } from "./each-control-plane.ts";
import type { TestCluster } from "./test-cluster.ts";
import { waitFor } from "./wait-for.ts";

/** One virtual node whose backend takes new files and refuses other sizes. */
class Node {
  readonly backend: InMemoryBackend;
  readonly files: string[] = [];
  readonly #cluster: TestCluster;
  readonly #name: string;

  constructor(cluster: TestCluster, name: string) {
    this.#cluster = cluster;
    this.#name = name;
    this.backend = new InMemoryBackend({ clock: cluster.clock });
  }

  start(options: Partial<KubeletOptions> = {}): Promise<Kubelet> {
    return startKubelet({
      provider: this.#provider(),
      nodeName: this.#name,
      kubeConfig: this.#cluster.kubeConfig(),
      clock: this.#cluster.clock,
      internalIP: "127.0.0.1",
      server: { address: "127.0.0.1", port: 0, clientCa: this.#cluster.kubeletClientCa },
      logger: consoleLogger(this.#name),
      ...options,
    });
  }

  #provider(): Provider {
    const updatePod = async (pod: ResolvedPod) => {
      if (pod.containers[0]?.resources.requests["cpu"] !== "100m")
        throw new ProviderError("Unsupported", "sizes are fixed");
      const files = pod.volumes.flatMap((volume) => (volume.type === "files" ? volume.files : []));
      const own = files.filter(({ path }) => path === "a");
      this.files.push(...own.map(({ content }) => new TextDecoder().decode(content)));
    };
    return { ...createInMemoryProvider({ backend: this.backend, watches: true }), updatePod };
  }
}

function podManifest(name: string, nodeName: string, spec: object = {}, container: object = {}): string {
  const main = {
    name: "main",
    image: "busybox",
    resources: { requests: { cpu: "100m" } },
    ...container,
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 5,
      tolerations: [{ operator: "Exists" }],
      containers: [main],
      ...spec,
    },
  });
}

function describeRuntime(start: () => Promise<TestCluster>): void {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await start();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const run = async (args: readonly string[], input?: string) => {
    const result = await cluster.kubectl(args, input === undefined ? {} : { input });
    expect(result, `${args.join(" ")}: ${result.stderr}`).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const status = async (pod: string) => JSON.parse(await run(["get", "pod", pod, "-o", "json"])).status;
  const resizeOf = async (pod: string) =>
    (await status(pod)).conditions?.find(({ type }: { type: string }) => type === "PodResizePending");
  const isRunning = ({ phase }: { phase: string }) => phase === "Running";
  const resize = (pod: string, cpu: string) => {
    const patch = { spec: { containers: [{ name: "main", resources: { requests: { cpu } } }] } };
    return run(["patch", "pod", pod, "--subresource", "resize", "--patch", JSON.stringify(patch)]);
  };

  it("refuses on first sight, follows files, and says of a resize what becomes of it", async () => {
    const node = new Node(cluster, "live");
    await using _ = await node.start();
    await run(["create", "configmap", "cm", "--from-literal", "a=1"]);
    const volumes = { volumes: [{ name: "v", configMap: { name: "cm" } }] };
    const mounts = { volumeMounts: [{ name: "v", mountPath: "/v" }] };
    await run(["create", "-f", "-"], podManifest("follows", "live", volumes, mounts));
    await run(["create", "-f", "-"], podManifest("elsewhere", "live", { nodeSelector: { zone: "x" } }));
    await waitFor("the pod runs", () => status("follows"), isRunning);
    const refused = await waitFor(
      "the pod is refused",
      () => status("elsewhere"),
      ({ phase }) => phase === "Failed",
    );
    expect(refused).toMatchObject({ reason: "NodeAffinity" });
    await run(["patch", "configmap", "cm", "--patch", '{"data":{"a":"2"}}']);
    await waitFor(
      "the file follows",
      async () => node.files,
      (files) => files.at(-1) === "2",
    );
    await resize("follows", "200m");
    const pending = await waitFor(
      "the resize is answered",
      () => resizeOf("follows"),
      (condition) => condition !== undefined,
    );
    expect(pending).toMatchObject({
      status: "True",
      reason: "Infeasible",
      message: "the memory backend cannot resize the pod while it runs: sizes are fixed",
    });
    await resize("follows", "100m");
    await waitFor(
      "the condition goes",
      () => resizeOf("follows"),
      (condition) => condition === undefined,
    );
    expect((await status("follows")).phase).toBe("Running");
    await run(["delete", "pod", "follows", "elsewhere"]);
  });

  it("lets one of two processes work, and drains the node when that is asked", async () => {
    const node = new Node(cluster, "led");
    const leaderElection = { leaseDurationSeconds: 4, renewDeadlineSeconds: 3, retryPeriodSeconds: 1 };
    const first = await node.start({ leaderElection });
    await run(["create", "-f", "-"], podManifest("held", "led"));
    await waitFor("the pod runs", () => status("held"), isRunning);
    const second = node.start({ leaderElection });
    await first.stop();
    const leader = await second;
    await waitFor(
      "the second is ready",
      async () => leader.ready(),
      (ready) => ready,
    );
    expect(node.backend.started).toHaveLength(1);
    await leader.stop({ drain: { graceSeconds: 10 } });
    expect(await leader.ended).toBeUndefined();
    expect(await status("held")).toMatchObject({ phase: "Failed", reason: "Terminated" });
    await run(["delete", "pod", "held", "--force", "--grace-period", "0"]);
  });
}

await describeOnEachControlPlane("the runtime", describeRuntime);
