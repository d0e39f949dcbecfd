import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubeletProcess } from "./kubelet-process.ts";
import { startProxiedConfig } from "./shut-proxy.ts";
import { startRealCluster, type TestCluster } from "./test-cluster.ts";
import { waitFor } from "./wait-for.ts";

const kubernetes = await peerOrSkip("kubernetes");

describe.runIf(kubernetes)("what goes wrong around a kubelet", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startRealCluster();
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const localOptions = async () => ({ directory: await mkdtemp(join(tmpdir(), "vkubelet-local-")) });

  /** Exit code and the last line of a kubelet that is expected to give up. */
  const refusal = async (target: TestCluster, provider: string, options: Record<string, unknown>) => {
    const kubelet = await KubeletProcess.prepare(target, provider, "vk-refused", options);
    kubelet.start();
    const code = await kubelet.exited();
    const lines = kubelet.output.split("\n").filter((line) => line.startsWith("vkubelet: "));
    return { code, lines };
  };

  it("no API server at the start: the kubelet says so, goes on, and registers when there is one", async () => {
    const { config, proxy } = await startProxiedConfig(cluster.kubeConfig());
    proxy.setOpen(false);
    const target = { ...cluster, kubeConfig: () => config };
    const kubelet = await KubeletProcess.prepare(target, "local", "vk-early", await localOptions());
    kubelet.start();
    const node = async () => (await cluster.kubectl(["get", "node", "vk-early", "-o", "name"])).stdout;
    try {
      await waitFor(
        "word of the wait",
        async () => kubelet.output,
        (output) => output.includes("cannot register the node, trying again"),
      );
      expect(kubelet.output).toContain("cannot reach");
      expect(await node()).toBe("");
      proxy.setOpen(true);
      await waitFor("the node", node, (name) => name.trim() === "node/vk-early");
    } finally {
      proxy.close();
      await kubelet.end("SIGTERM");
    }
  });

  it("a wrong token: one line with 401, exit 1", async () => {
    const wrong = cluster.kubeConfig();
    wrong.users = wrong.users.map(({ name }) => ({ name, token: "wrong" }));
    const { code, lines } = await refusal(
      { ...cluster, kubeConfig: () => wrong },
      "local",
      await localOptions(),
    );
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining("401 Unauthorized")]);
  });

  it("a wrong option in the file: its path, exit 2", async () => {
    const { code, lines } = await refusal(cluster, "nomad", { address: 5 });
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining("nomad.address")]);
  });

  it("an API server out of reach for a while: no pod is lost, statuses go on", async () => {
    const { config, proxy } = await startProxiedConfig(cluster.kubeConfig());
    const options = await localOptions();
    const end = join(options.directory, "end");
    const kubelet = await KubeletProcess.prepare(
      { ...cluster, kubeConfig: () => config },
      "local",
      "vk-outage",
      options,
    );
    kubelet.start();
    const phase = async () =>
      (await cluster.kubectl(["get", "pod", "outage", "-o", "jsonpath={.status.phase}"])).stdout;
    try {
      const spec = {
        nodeName: "vk-outage",
        restartPolicy: "Never",
        tolerations: [{ operator: "Exists" }],
        containers: [
          {
            name: "main",
            image: "busybox",
            command: ["/bin/sh", "-c", `while [ ! -e ${end} ]; do sleep 0.1; done`],
          },
        ],
      };
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "outage" }, spec };
      await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(pod) });
      await waitFor("the pod running", phase, (value) => value === "Running");
      proxy.setOpen(false);
      await waitFor(
        "the kubelet notices",
        async () => kubelet.output,
        (output) => /cannot (follow|renew)/.test(output),
      );
      await writeFile(end, "");
      expect(await phase()).toBe("Running");
      proxy.setOpen(true);
      await waitFor("the pod's end", phase, (value) => value === "Succeeded");
    } finally {
      proxy.close();
      await kubelet.end("SIGTERM");
    }
  });

  it("a backend that cannot be reached at the start: the node is not ready and says why", async () => {
    const kubelet = await KubeletProcess.prepare(cluster, "nomad", "vk-dead-backend", {
      address: "http://127.0.0.1:1",
    });
    kubelet.start();
    try {
      const ready = await waitFor(
        "the node",
        async () => {
          const { stdout } = await cluster.kubectl(["get", "node", "vk-dead-backend", "-o", "json"]);
          const conditions = stdout === "" ? [] : JSON.parse(stdout).status.conditions;
          return conditions?.find((condition: { type: string }) => condition.type === "Ready");
        },
        (condition) => condition?.status === "False",
      );
      expect(ready.reason).toBe("NomadUnreachable");
      expect(ready.message).toContain("Nomad agent not reached");
    } finally {
      await kubelet.end("SIGTERM");
    }
  });
});
