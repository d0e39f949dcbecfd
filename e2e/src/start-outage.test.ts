import { type Kubelet, startKubelet } from "@vkubelet/kubelet";
import { createInMemoryProvider, InMemoryBackend } from "@vkubelet/testing";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleLogger } from "./console-logger.ts";
import { findKubectls } from "./kubectls.ts";
import { type ShutProxy, startProxiedConfig } from "./shut-proxy.ts";
import { startMemoryCluster, startRealCluster, type TestCluster } from "./test-cluster.ts";
import { waitFor } from "./wait-for.ts";

const kubernetes = await peerOrSkip("kubernetes");
const [kubectl] = (await findKubectls()).values();

/** A kubelet that was started while its API server was out of reach. */
async function startCutOff(
  cluster: TestCluster,
  nodeName: string,
): Promise<{ readonly kubelet: Kubelet; readonly proxy: ShutProxy }> {
  const { config, proxy } = await startProxiedConfig(cluster.kubeConfig());
  proxy.setOpen(false);
  const kubelet = await startKubelet({
    provider: createInMemoryProvider({ backend: new InMemoryBackend() }),
    nodeName,
    kubeConfig: config,
    internalIP: "127.0.0.1",
    server: { address: "127.0.0.1", port: 0 },
    logger: consoleLogger(nodeName),
  });
  return { kubelet, proxy };
}

function describeStart(name: string, start: () => Promise<TestCluster>): void {
  describe(name, () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      cluster = await start();
    });
    afterAll(() => cluster?.[Symbol.asyncDispose]());

    it("a kubelet is there, says what it waits for, and registers and works when the API server is back", async () => {
      const { kubelet, proxy } = await startCutOff(cluster, "vk-cut-off");
      try {
        expect(kubelet.ready()).toBe(false);
        expect(kubelet.problem()).toContain("GET /api/v1/nodes/vk-cut-off: cannot reach");
        proxy.setOpen(true);
        await waitFor(
          "all well",
          async () => kubelet.problem(),
          (problem) => problem === undefined,
        );
        expect(kubelet.ready()).toBe(true);
      } finally {
        await kubelet.stop();
        proxy.close();
      }
    });

    it("a kubelet that is refused when the API server is back ends, and says why", async () => {
      const { kubelet, proxy } = await startCutOff(cluster, "vk-taken");
      try {
        const annotations = { "vkubelet.dev/provider": "other" };
        const node = { apiVersion: "v1", kind: "Node", metadata: { name: "vk-taken", annotations } };
        await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(node) });
        proxy.setOpen(true);
        expect(String(await kubelet.ended)).toContain("other");
      } finally {
        await kubelet.stop();
        proxy.close();
      }
    });

    it("a kubelet can be stopped while it waits", async () => {
      const { kubelet, proxy } = await startCutOff(cluster, "vk-given-up");
      await kubelet.stop();
      expect(await kubelet.ended).toBeUndefined();
      proxy.close();
    });
  });
}

describe.runIf(kubernetes)("with a real Kubernetes control plane", () => {
  describeStart("an API server out of reach at the start", startRealCluster);
});

describe.runIf(kubectl !== undefined)("with the in-memory control plane", () => {
  describeStart("an API server out of reach at the start", () => startMemoryCluster(kubectl ?? ""));
});
