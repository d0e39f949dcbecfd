import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestCluster, startExample, type TestCluster } from "@vkubelet-examples/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";

let cluster: TestCluster;
let directory: string;

beforeAll(async () => {
  cluster = await createTestCluster();
  directory = await mkdtemp(join(tmpdir(), "vkubelet-example-local-"));
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

it("runs a pod as a process of this machine", async () => {
  const environment = { ...cluster.environment, DIRECTORY: directory };
  await using program = startExample(new URL("./main.ts", import.meta.url), environment);
  await program.waitForOutput(/node vk-local is registered/);
  await cluster.waitForNode("vk-local");

  const hello = { name: "main", image: "none", command: ["/bin/sh", "-c", "echo hello from $NAME"] };
  const env = [{ name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }];
  cluster.createPod("hello", "vk-local", { restartPolicy: "Never", containers: [{ ...hello, env }] });
  const pod = await cluster.waitForPod("hello", ({ status }) => status?.phase === "Succeeded");
  expect(pod.status.containerStatuses[0].state.terminated.exitCode).toBe(0);
  expect(await cluster.podLog("hello", "main")).toBe("hello from hello\n");

  cluster.deletePod("hello");
  await cluster.waitForNoPod("hello");
  expect(await program.interrupt()).toBe(0);
}, 120_000);
