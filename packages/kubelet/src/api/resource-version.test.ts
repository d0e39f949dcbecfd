import { expect, it } from "vitest";
import { compareResourceVersions } from "./resource-version.ts";

it.each([
  ["9", "10", -1],
  ["10", "9", 1],
  ["19", "20", -1],
  ["18446744073709551615", "18446744073709551614", 1],
  ["7", "7", 0],
  [undefined, "1", -1],
  [undefined, undefined, 0],
])("compares %s with %s by number", (left, right, sign) => {
  expect(Math.sign(compareResourceVersions(left, right))).toBe(sign);
});
