import { describe, expect, it } from "vitest";
import type { KubeObject } from "../api/objects.ts";
import { podCells } from "./pod-cells.ts";
import { humanDuration } from "./time-text.ts";

const now = Date.parse("2026-01-01T00:10:00Z");

function podWith(status: object, spec: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", creationTimestamp: "2026-01-01T00:00:00Z", ...metadata },
    spec: { containers: [{ name: "c" }], ...spec },
    status,
  };
}

describe("pod rows", () => {
  it.each([
    ["Pending", podWith({ phase: "Pending" })],
    [
      "ContainerCreating",
      podWith({
        phase: "Pending",
        containerStatuses: [{ name: "c", state: { waiting: { reason: "ContainerCreating" } } }],
      }),
    ],
    [
      "CrashLoopBackOff",
      podWith({
        phase: "Running",
        containerStatuses: [
          { name: "c", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      }),
    ],
    [
      "Completed",
      podWith({
        phase: "Succeeded",
        containerStatuses: [{ name: "c", state: { terminated: { exitCode: 0, reason: "Completed" } } }],
      }),
    ],
    [
      "ExitCode:3",
      podWith({
        phase: "Failed",
        containerStatuses: [{ name: "c", state: { terminated: { exitCode: 3 } } }],
      }),
    ],
    ["Evicted", podWith({ phase: "Failed", reason: "Evicted" })],
    ["Terminating", podWith({ phase: "Running" }, {}, { deletionTimestamp: "2026-01-01T00:09:00Z" })],
    [
      "Init:0/1",
      podWith(
        { phase: "Pending", initContainerStatuses: [{ name: "i", state: { running: {} } }] },
        { initContainers: [{ name: "i" }] },
      ),
    ],
    [
      "Init:Error",
      podWith(
        {
          phase: "Pending",
          initContainerStatuses: [{ name: "i", state: { terminated: { exitCode: 1, reason: "Error" } } }],
        },
        { initContainers: [{ name: "i" }] },
      ),
    ],
  ])("show %s", (expected, object) => {
    expect(podCells(object, now)[2]).toBe(expected);
  });

  it("count ready containers and restarts", () => {
    const status = {
      phase: "Running",
      containerStatuses: [
        {
          name: "c",
          ready: true,
          restartCount: 2,
          state: { running: {} },
          lastState: { terminated: { finishedAt: "2026-01-01T00:08:00Z" } },
        },
      ],
    };
    expect(podCells(podWith(status), now).slice(0, 5)).toEqual(["a", "1/1", "Running", "2 (2m ago)", "10m"]);
  });
});

it.each([
  [0, "0s"],
  [119_000, "119s"],
  [200_000, "3m20s"],
  [3_600_000 * 3, "3h"],
  [3_600_000 * 50, "2d2h"],
  [86_400_000 * 800, "2y70d"],
])("%i ms is %s", (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});
