import type { ContainerStatus, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { lookupContainerInPod, lookupFailure } from "./container-lookup.ts";

const ended = { terminated: { exitCode: 1 } };

function pod(status: Partial<ContainerStatus> | undefined): Pod {
  return {
    metadata: { namespace: "a", name: "p", uid: "u" },
    spec: { containers: [{ name: "c" }], initContainers: [{ name: "i" }] },
    status: {
      containerStatuses: status === undefined ? [] : [{ name: "c", ...status } as ContainerStatus],
    },
  };
}

const ready = { kind: "ready", ref: { namespace: "a", name: "p", uid: "u", container: "c" } };

describe("lookupContainerInPod", () => {
  it.each([
    ["running", { state: { running: {} } }, false, ready],
    ["ended", { state: ended }, false, ready],
    [
      "waiting to start again",
      { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended },
      false,
      ready,
    ],
    [
      "waiting",
      { state: { waiting: { reason: "ContainerCreating" } } },
      false,
      { kind: "waiting", reason: "ContainerCreating" },
    ],
    ["without a state", {}, false, { kind: "waiting" }],
    ["without a status", undefined, false, { kind: "unavailable" }],
    ["running, previous", { state: { running: {} }, lastState: ended }, true, ready],
    ["running first, previous", { state: { running: {} } }, true, { kind: "no-previous" }],
  ])("%s", (_name, status, previous, expected) => {
    expect(lookupContainerInPod(pod(status as Partial<ContainerStatus>), "c", { previous })).toEqual(
      expected,
    );
  });

  it("tells a missing pod from a missing container, and knows init containers", () => {
    expect(lookupContainerInPod(undefined, "c", { previous: false })).toEqual({ kind: "pod-missing" });
    expect(lookupContainerInPod(pod({}), "x", { previous: false })).toEqual({ kind: "container-missing" });
    expect(lookupContainerInPod(pod({}), "i", { previous: false })).toEqual({ kind: "unavailable" });
  });
});

describe("lookupFailure", () => {
  it.each([
    [{ kind: "pod-missing" }, 404, 'pod "p" does not exist'],
    [{ kind: "container-missing" }, 404, 'container "c" not found in pod "p"'],
    [{ kind: "unavailable" }, 400, 'container "c" in pod "p" is not available'],
    [{ kind: "no-previous" }, 400, 'previous terminated container "c" in pod "p" not found'],
    [{ kind: "waiting" }, 400, 'container "c" in pod "p" is waiting to start - no logs yet'],
    [
      { kind: "waiting", reason: "ErrImagePull" },
      400,
      `container "c" in pod "p" is waiting to start: image can't be pulled`,
    ],
    [
      { kind: "waiting", reason: "ImagePullBackOff" },
      400,
      'container "c" in pod "p" is waiting to start: trying and failing to pull image',
    ],
    [
      { kind: "waiting", reason: "PodInitializing" },
      400,
      'container "c" in pod "p" is waiting to start: PodInitializing',
    ],
  ] as const)("%j", (lookup, status, text) => {
    expect(lookupFailure(lookup, "p", "c")).toEqual({ status, text });
  });
});
