import { expect, it } from "vitest";
import { withoutUnset } from "./without-unset.ts";

it("leaves out null members and empty structs at any depth, as the API server writes what is unset", () => {
  const status = {
    conditions: [{ type: "Ready", lastProbeTime: null }],
    containerStatuses: [
      { name: "c", lastState: {}, state: { terminated: { exitCode: 1, startedAt: null } } },
    ],
  };
  expect(withoutUnset(status)).toEqual({
    conditions: [{ type: "Ready" }],
    containerStatuses: [{ name: "c", state: { terminated: { exitCode: 1 } } }],
  });
});

it("answers the same object when there is nothing to leave out", () => {
  const status = { phase: "Running", conditions: [{ type: "Ready" }], containerStatuses: [] };
  expect(withoutUnset(status)).toBe(status);
});
