import { FakeClock } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { refuseWhileUnseen } from "./unseen-run.ts";

const ref = { namespace: "default", name: "web", uid: "u" };
const run = { attempt: 1, at: 0, definition: "d", refusals: 0, refused: false };

it("what was begun and is not shown yet is not taken for stopped", () => {
  const clock = new FakeClock(59_999);
  const search = { ref, run, shown: [], service: "ECS", visibleAfterMs: 60_000, clock };
  const conflict = expect.objectContaining({ code: "Conflict", reason: "AwaitingVisibility" });
  expect(() => refuseWhileUnseen(search)).toThrow(conflict);
  expect(() => refuseWhileUnseen({ ...search, shown: [{ attempt: 0 }] })).toThrow(conflict);
  expect(() => refuseWhileUnseen({ ...search, shown: [{ attempt: 1 }] })).not.toThrow();
  expect(() => refuseWhileUnseen({ ...search, run: { ...run, refused: true } })).not.toThrow();
  expect(() => refuseWhileUnseen({ ...search, run: undefined })).not.toThrow();
  expect(() => refuseWhileUnseen({ ...search, clock: new FakeClock(60_000) })).not.toThrow();
});
