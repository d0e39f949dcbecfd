import { ProviderError, silentLogger } from "@vkubelet/core";
import { createInMemoryProvider, FakeClock, InMemoryBackend } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { MemoryApi } from "../testdata/memory-api.ts";
import { NodeController } from "./node-controller.ts";

function setUp() {
  const clock = new FakeClock();
  const backend = new InMemoryBackend();
  const api = new MemoryApi();
  const fault: { current: unknown } = { current: undefined };
  const node = new NodeController({
    client: api.client(),
    provider: createInMemoryProvider({ backend }),
    identity: {
      name: "vk",
      providerName: "memory",
      labels: {},
      annotations: {},
      taints: [],
      internalIP: "127.0.0.1",
      kubeletPort: 10250,
      kubeletVersion: "v1",
    },
    clock,
    logger: silentLogger,
    backendError: () => fault.current,
  });
  const status = () => api.get("/api/v1/nodes/vk")?.status;
  const ready = () => status()?.conditions.find(({ type }: { type: string }) => type === "Ready");
  return { clock, backend, fault, node, status, ready };
}

describe("NodeController", () => {
  it("registers a node without room while the backend is out of order, and recovers by itself", async () => {
    const { clock, backend, node, status, ready } = setUp();
    backend.fail("describeNode", new ProviderError("Unavailable", "describe: no answer"));
    await node.start();
    expect(ready()).toMatchObject({
      status: "False",
      reason: "BackendUnavailable",
      message: "describe: no answer",
    });
    expect(status().capacity.pods).toBe("0");
    await clock.advance(11_000);
    expect(ready()).toMatchObject({ status: "True" });
    expect(status().capacity.pods).toBe("110");
    await node.stop();
  });

  it("refuses to start with a provider that is at fault itself", async () => {
    const { backend, node } = setUp();
    backend.fail("describeNode", new TypeError("x is not a function"));
    await expect(node.start()).rejects.toThrow("x is not a function");
  });

  it("says why listings fail, as soon as it is poked", async () => {
    const { clock, fault, node, ready } = setUp();
    await node.start();
    fault.current = new ProviderError("Unavailable", "list: no answer");
    node.poke();
    await clock.advance(0);
    expect(ready()).toMatchObject({ status: "False", message: "list: no answer" });
    fault.current = undefined;
    await clock.advance(10_000);
    expect(ready()).toMatchObject({ status: "True" });
    await node.stop();
  });

  it("is not held up by a health check that hangs", async () => {
    const { clock, backend, node, ready } = setUp();
    await node.start();
    backend.hang("checkHealth");
    await clock.advance(71_000);
    expect(ready()).toMatchObject({ status: "False", message: "checkHealth: no answer within 60 s" });
    await clock.advance(11_000);
    expect(ready()).toMatchObject({ status: "True" });
    await node.stop();
  });
});
