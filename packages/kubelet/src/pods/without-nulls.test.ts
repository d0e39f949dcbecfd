import { expect, it } from "vitest";
import { withoutNulls } from "./without-nulls.ts";

it("leaves out null members at any depth, as the API server writes unset times", () => {
  const status = {
    conditions: [{ type: "Ready", lastProbeTime: null }],
    containerStatuses: [{ name: "c", state: { terminated: { exitCode: 1, startedAt: null } } }],
  };
  expect(withoutNulls(status)).toEqual({
    conditions: [{ type: "Ready" }],
    containerStatuses: [{ name: "c", state: { terminated: { exitCode: 1 } } }],
  });
});

it("answers the same object when there is nothing to leave out", () => {
  const status = { phase: "Running", conditions: [{ type: "Ready" }] };
  expect(withoutNulls(status)).toBe(status);
});
