import {
  createTestCluster,
  readyCondition,
  startExample,
  type TestCluster,
} from "@vkubelet-examples/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startScriptedNomad } from "./scripted-nomad.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await createTestCluster();
}, 60_000);

afterAll(() => cluster[Symbol.asyncDispose]());

const main = new URL("./main.ts", import.meta.url);
const hello = { name: "main", image: "busybox", command: ["echo", "hello"] };

it("runs a pod as a job", async () => {
  await using nomad = await startScriptedNomad();
  await using program = startExample(main, { ...cluster.environment, NOMAD_ADDR: nomad.address });
  await program.waitForOutput(/node vk-nomad is registered/);
  const node = await cluster.waitForNode("vk-nomad");
  expect(node.status.capacity).toMatchObject({ cpu: "4", memory: "8Gi" });

  cluster.createPod("hello", "vk-nomad", {
    restartPolicy: "Never",
    enableServiceLinks: false,
    containers: [hello],
  });
  const pod = await cluster.waitForPod("hello", ({ status }) => status?.phase === "Succeeded");
  const [job] = nomad.jobs.values();
  expect(job?.ID).toMatch(new RegExp(`^vk-[0-9a-f]{8}-${pod.metadata.uid}$`));
  expect(job?.TaskGroups[0]?.Tasks[0]).toMatchObject({ Name: "main", Driver: "docker" });
  expect(await cluster.podLog("hello", "main")).toBe("hello from Nomad\n");

  cluster.deletePod("hello");
  await cluster.waitForNoPod("hello");
  expect(await program.interrupt()).toBe(0);
}, 120_000);

it("registers a node that is not ready, and says why, when there is no Nomad", async () => {
  const environment = { ...cluster.environment, NODE_NAME: "vk-lonely", NOMAD_ADDR: "http://127.0.0.1:9" };
  await using program = startExample(main, environment);
  await program.waitForOutput(/node vk-lonely is registered/);
  const node = await cluster.waitForNode("vk-lonely", "False");
  expect(readyCondition(node).message).toContain("Nomad agent not reached");
  expect(await program.interrupt()).toBe(0);
}, 120_000);
