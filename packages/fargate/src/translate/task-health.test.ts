import type { Container, Task } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { healthEnvironment, readHealthPurposes } from "./health-purposes.ts";
import { healthOfContainer, unhealthyContainer } from "./task-health.ts";

const purposes = new Map([
  ["main", ["liveness", "readiness"] as const],
  ["proxy", ["startup"] as const],
]);
const environment = [...healthEnvironment(purposes)];

it("what a check stands for is read back from the task as it was written", () => {
  expect(readHealthPurposes(environment)).toEqual(purposes);
  expect(readHealthPurposes([])).toEqual(new Map());
  expect(healthEnvironment(new Map())).toEqual([]);
});

describe("a running container", () => {
  it.each<[Container, object]>([
    [{ name: "main", healthStatus: "UNKNOWN" }, { ready: false }],
    [{ name: "main", healthStatus: "HEALTHY" }, { ready: true }],
    [
      { name: "proxy", healthStatus: "UNKNOWN" },
      { started: false, ready: false },
    ],
    [
      { name: "proxy", healthStatus: "HEALTHY" },
      { started: true, ready: true },
    ],
    [{ name: "other", healthStatus: "UNHEALTHY" }, {}],
  ])("A2: %j", (container, health) => {
    expect(healthOfContainer(container, purposes)).toEqual(health);
  });
});

describe("a container whose liveness failed", () => {
  const task = (name: string, extra: Task = {}): Task => ({
    desiredStatus: "RUNNING",
    overrides: { containerOverrides: [{ name: "main", environment }] },
    containers: [{ name, lastStatus: "RUNNING", healthStatus: "UNHEALTHY" }],
    ...extra,
  });

  it("is named while its task is to run", () => {
    expect(unhealthyContainer(task("main"))).toBe("main");
    expect(unhealthyContainer(task("main", { desiredStatus: "STOPPED" }))).toBeUndefined();
  });

  it("is not one whose check stands for something else", () => {
    expect(unhealthyContainer(task("proxy"))).toBeUndefined();
    expect(unhealthyContainer(task("main", { overrides: {} }))).toBeUndefined();
  });
});
