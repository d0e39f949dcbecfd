import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameButForUnset, withoutUnset } from "./without-unset.ts";

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

it("keeps null items and what is false, zero or an empty text or list", () => {
  const status = { list: [null, 0], ready: false, restartCount: 0, message: "", items: [] };
  expect(withoutUnset(status)).toBe(status);
});

describe("equality but for what is unset", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  // Members of which nothing is left, and texts that differ.
  const withUnset = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(withUnset);
    const members = Object.entries(value).map(([key, member]) => [key, withUnset(member)]);
    return { unsetTime: null, ...Object.fromEntries(members), unsetStruct: { inner: { deepest: null } } };
  };

  it("holds between a value and the same with more that is unset", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(isSameButForUnset(value, withUnset(value))).toBe(true);
        expect(isSameButForUnset(withUnset(value), value)).toBe(true);
      }),
    );
  });

  it("agrees with the comparison of what is left", () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        const same = isDeepStrictEqual(withoutUnset({ left }), withoutUnset({ left: right }));
        expect(isSameButForUnset({ left }, { left: right })).toBe(same);
      }),
    );
  });
});
