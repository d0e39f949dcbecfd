import { describe, expect, it } from "vitest";
import { tokenRefreshAt } from "./token-refresh.ts";

const issued = Date.parse("2026-01-01T00:00:00Z");
const after = (seconds: number, jitter = 0) =>
  (tokenRefreshAt(issued, issued + seconds * 1000, jitter) - issued) / 1000;

describe("tokenRefreshAt", () => {
  it("C7: after 80 % of the lifetime", () => {
    expect(after(600)).toBe(480);
    expect(after(3600)).toBe(2880);
    // A fifth of 3607 s is cut to whole seconds, as the kubelet's integers do.
    expect(after(3607)).toBe(3607 - 721);
  });

  it("C7: never later than 24 hours after it was issued", () => {
    expect(after(108_000)).toBe(86_400);
    expect(after(107_999)).toBe(107_999 - 21_599);
    expect(after(2 ** 32)).toBe(86_400);
  });

  it("C7: up to 10 s earlier, in whole seconds", () => {
    expect(after(3600, 0.99)).toBe(2880 - 9);
    expect(after(3600, 0.55)).toBe(2880 - 5);
    expect(after(2 ** 32, 0.1)).toBe(86_400 - 1);
  });
});
