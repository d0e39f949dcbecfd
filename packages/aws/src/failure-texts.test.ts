import { expect, it } from "vitest";
import { disruptionReason, isOutOfMemory, startFailureReason } from "./failure-texts.ts";

it.each([
  ["CannotPullContainerError: pull image manifest has been retried 1 time(s)", "ErrImagePull"],
  ["ResourceInitializationError: unable to pull secrets or registry auth", "CreateContainerConfigError"],
  ["CannotStartContainerError: exec: no such file", "RunContainerError"],
  ["Timeout waiting for network interface provisioning to complete.", "FailedCreatePodSandBox"],
  ["Essential container in task exited", undefined],
  [undefined, undefined],
])("start failure: %s", (text, reason) => {
  expect(startFailureReason(text)).toBe(reason);
});

it("tells what AWS took away from what ended by itself", () => {
  expect(disruptionReason("Your Spot Task was interrupted.")).toBe("SpotInterruption");
  expect(disruptionReason("Host EC2 (instance i-0abc) terminated.")).toBe("InstanceTerminated");
  expect(disruptionReason("Essential container in task exited")).toBeUndefined();
});

it("recognises a kill for memory", () => {
  expect(isOutOfMemory("OutOfMemoryError: Container killed due to memory usage")).toBe(true);
  expect(isOutOfMemory("Essential container in task exited")).toBe(false);
});
