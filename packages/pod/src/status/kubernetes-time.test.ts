import { expect, it } from "vitest";
import { goDuration, wholeSeconds } from "./kubernetes-time.ts";

it("A8: times have second precision", () => {
  expect(wholeSeconds("2026-11-01T00:00:00Z")).toBe("2026-11-01T00:00:00Z");
  expect(wholeSeconds("2026-11-01T00:00:00.999Z")).toBe("2026-11-01T00:00:00Z");
  expect(wholeSeconds("2026-11-01T00:00:00.123456789+02:00")).toBe("2026-11-01T00:00:00+02:00");
});

it("prints durations as Go does", () => {
  expect([0, 500, 10_000, 80_000, 160_000, 300_000, 3_600_000, 1_500].map(goDuration)).toEqual([
    "0s",
    "500ms",
    "10s",
    "1m20s",
    "2m40s",
    "5m0s",
    "1h0m0s",
    "1.5s",
  ]);
});
