import { startKubelet } from "@vkubelet/kubelet";
import { createTestCluster, startExample, type TestCluster } from "@vkubelet-examples/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTimerProvider } from "./timer-provider.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await createTestCluster();
}, 60_000);

afterAll(() => cluster[Symbol.asyncDispose]());

const containers = [{ name: "main", image: "none" }];

function startTimers(seconds: number) {
  return startKubelet({
    nodeName: "timer-1",
    provider: createTimerProvider(seconds),
    kubeConfig: cluster.kubeConfig(),
    internalIP: "127.0.0.1",
    server: { address: "127.0.0.1", port: 0, clientCa: cluster.kubeletClientCa },
  });
}

it("lets a pod succeed when its timer is over", async () => {
  await using _kubelet = await startTimers(0);
  cluster.createPod("short", "timer-1", { restartPolicy: "Never", containers });
  const pod = await cluster.waitForPod("short", ({ status }) => status?.phase === "Succeeded");
  expect(pod.status.containerStatuses[0].state.terminated).toMatchObject({
    exitCode: 0,
    reason: "Completed",
  });
  cluster.deletePod("short");
  await cluster.waitForNoPod("short");
}, 120_000);

it("ends a running timer when its pod is deleted", async () => {
  await using _kubelet = await startTimers(3_600);
  cluster.createPod("long", "timer-1", { restartPolicy: "Never", containers });
  await cluster.waitForPod("long", ({ status }) => status?.phase === "Running");
  cluster.deletePod("long");
  await cluster.waitForNoPod("long");
}, 120_000);

it("runs as the program of the README", async () => {
  await using program = startExample(new URL("./main.ts", import.meta.url), cluster.environment);
  await program.waitForOutput(/node timer-1 is registered/);
  expect(await program.interrupt()).toBe(0);
}, 120_000);
