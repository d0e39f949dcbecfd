import { describe, expect, it } from "vitest";
import { event, taskStates } from "../testdata/nomad-objects.ts";
import type { TaskState } from "../wire.ts";
import { observeContainer } from "./container.ts";

const context = { allocation: "a1", earlierInstances: 0, initializing: false };
const observe = (state: TaskState, change: Partial<typeof context> = {}) =>
  observeContainer("app", state, { ...context, ...change });
const end = (details: Record<string, string>) => event("Terminated", details);

describe("observeContainer", () => {
  it("waits for creation, or for the stages before", () => {
    expect(observe(taskStates.pending).state).toEqual({ type: "waiting", reason: "ContainerCreating" });
    expect(observe(taskStates.pending, { initializing: true }).state).toEqual({
      type: "waiting",
      reason: "PodInitializing",
    });
    expect(observe(taskStates.pending).instanceId).toBeUndefined();
  });

  it("runs since its own start", () => {
    expect(observe(taskStates.running)).toEqual({
      name: "app",
      state: { type: "running", startedAt: "2026-01-01T00:00:01Z" },
      restartCount: 0,
      instanceId: "a1-app-0",
    });
  });

  it.each([
    ["success", { exit_code: "0", signal: "0" }, { exitCode: 0 }],
    ["a code", { exit_code: "3" }, { exitCode: 3 }],
    ["a signal without a code", { exit_code: "0", signal: "9" }, { exitCode: 137, signal: 9 }],
    ["memory", { exit_code: "137", oom_killed: "true" }, { exitCode: 137, reason: "OOMKilled" }],
    ["nobody knows what", { exit_code: "-1" }, { exitCode: 137, reason: "ContainerStatusUnknown" }],
    ["the driver's words", { exit_code: "1", exit_message: "gone" }, { exitCode: 1, message: "gone" }],
  ])("ended by %s", (_, details, expected) => {
    const state: TaskState = { State: "dead", StartedAt: "2026-01-01T00:00:01Z", Events: [end(details)] };
    expect(observe(state).state).toEqual({
      type: "terminated",
      startedAt: "2026-01-01T00:00:01Z",
      finishedAt: "2026-01-01T00:00:02.000Z",
      instanceId: "a1-app-0",
      ...expected,
    });
  });

  it("backs off between instances, and remembers the last end", () => {
    const Events = [
      event("Started"),
      end({ exit_code: "7" }),
      event("Restarting", {}, "Task restarting in 11s"),
    ];
    const observed = observe({ State: "pending", Restarts: 1, Events }, { earlierInstances: 2 });
    expect(observed.state).toEqual({
      type: "waiting",
      reason: "CrashLoopBackOff",
      message: "Task restarting in 11s",
    });
    expect(observed.restartCount).toBe(3);
    expect(observed.lastTermination).toMatchObject({ exitCode: 7 });
  });

  it("tells the end before the last apart from the last", () => {
    const Events = [end({ exit_code: "7" }), event("Restarting"), event("Started"), end({ exit_code: "0" })];
    const observed = observe({ State: "dead", Restarts: 1, Events });
    expect(observed.state).toMatchObject({ type: "terminated", exitCode: 0, instanceId: "a1-app-1" });
    expect(observed.lastTermination).toMatchObject({ exitCode: 7 });
  });

  it.each([
    ["Driver Failure", "Failed to pull `x:1`: no such host", "ErrImagePull"],
    ["Driver Failure", "failed to create container", "CreateContainerError"],
    ["Setup Failure", "no space", "CreateContainerConfigError"],
    ["Failed Validation", "bad config", "CreateContainerConfigError"],
  ])("waits after %s (%s) as %s", (type, message, reason) => {
    const state = { State: "pending", Events: [event(type, {}, message)] };
    expect(observe(state).state).toEqual({ type: "waiting", reason, message });
  });

  it("backs off from an image that cannot be pulled", () => {
    const Events = [event("Driver Failure", {}, "Failed to pull `x`"), event("Restarting")];
    expect(observe({ State: "pending", Restarts: 1, Events }).state).toMatchObject({
      reason: "ImagePullBackOff",
    });
  });

  it("ended without having started: by its own fault, or with the others", () => {
    const own = { State: "dead", Failed: true, Events: [event("Driver Failure", {}, "no such file")] };
    expect(observe(own).state).toMatchObject({
      type: "terminated",
      exitCode: 128,
      reason: "StartError",
      message: "no such file",
    });
    const others = { State: "dead", Failed: true, Events: [event("Sibling Task Failed"), event("Killing")] };
    expect(observe(others).state).toEqual({ type: "waiting", reason: "PodInitializing" });
  });
});
