import { expect, it } from "vitest";
import { canonicalQuantity } from "./canonical-quantity.ts";

it.each([
  ["4096Mi", "4Gi"],
  ["1000m", "1"],
  ["1.5", "1500m"],
  ["1024", "1024"],
  ["1000", "1k"],
  ["0.5Ki", "512"],
  ["1.1Gi", "1181116006400m"],
  ["12e4", "120e3"],
  ["1E3", "1E3"],
  ["010", "010"],
  ["8Ei", "9223372036854775807"],
  [2.5, "2500m"],
])("%s is read back as %s", (value, text) => {
  expect(canonicalQuantity(value, true)).toEqual({ text });
});

it("rounds amounts of resources up to thousandths, and nothing else", () => {
  expect(canonicalQuantity("1u", true).text).toBe("1m");
  expect(canonicalQuantity("1u", false).text).toBe("1u");
  expect(canonicalQuantity("1e-10", false).text).toBe("1e-9");
});

it("takes a power of any size in its stride", () => {
  expect(canonicalQuantity("1e-2000000000", false).text).toBe("1e-9");
  expect(canonicalQuantity("1e2000000001", false).text).toBe("1e2000000001");
  expect(canonicalQuantity("1e99999999999", false).problem).toBe("unable to parse quantity's suffix");
});

it("says what is no quantity", () => {
  expect(canonicalQuantity("1K", true).problem).toBe("unable to parse quantity's suffix");
  expect(canonicalQuantity("one", true).problem).toContain("quantities must match the regular expression");
});
