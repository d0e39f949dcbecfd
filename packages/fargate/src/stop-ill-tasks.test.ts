import { resolvedPodOf, TestPodContext } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { createFargateProvider } from "./provider.ts";
import { FakeEcs } from "./testdata/fake-ecs.ts";

const options = { nodeName: "n", region: "us-east-1", cluster: "pods", subnets: ["subnet-1"] };

it("a task that fails its liveness probe is stopped once, by name, and ends as its containers do", async () => {
  const ecs = new FakeEcs();
  const context = new TestPodContext();
  const provider = createFargateProvider(options, { ecs });
  const livenessProbe = { exec: { command: ["ok"] } };
  await provider.createPod(
    resolvedPodOf({ containers: [{ name: "main", image: "a", livenessProbe }] }),
    context,
  );
  const [task] = ecs.tasks;
  Object.assign(task ?? {}, {
    lastStatus: "RUNNING",
    containers: [{ name: "main", lastStatus: "RUNNING", healthStatus: "HEALTHY" }],
  });
  await provider.listPods(context);
  expect(ecs.calls).not.toContain("stopTask");

  Object.assign(task?.containers?.[0] ?? {}, { healthStatus: "UNHEALTHY" });
  await provider.listPods(context);
  await provider.listPods(context);
  expect(ecs.calls.filter((call) => call === "stopTask")).toHaveLength(1);
  expect(task?.stoppedReason).toBe("vkubelet: container main failed its livenessProbe");

  Object.assign(task ?? {}, {
    lastStatus: "STOPPED",
    stopCode: "UserInitiated",
    containers: [{ name: "main", lastStatus: "STOPPED", exitCode: 143 }],
  });
  const [observation] = await provider.listPods(context);
  expect(observation).toMatchObject({
    state: "ended",
    message: "vkubelet: container main failed its livenessProbe",
    containers: [{ state: { type: "terminated", exitCode: 143 } }],
  });
  expect(observation).not.toHaveProperty("failure");
});
