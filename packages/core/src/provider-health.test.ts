import { expect, it } from "vitest";
import { ProviderError } from "./errors.ts";
import { healthOf } from "./provider-health.ts";

it("takes an error of the backend for an answer, and no other", async () => {
  expect(await healthOf(async () => ({ healthy: true }))).toEqual({ healthy: true });
  const unreachable = new ProviderError("Unavailable", "list nodes: refused", { reason: "NoServer" });
  expect(await healthOf(() => Promise.reject(unreachable))).toEqual({
    healthy: false,
    reason: "NoServer",
    message: "list nodes: refused",
  });
  const aborted = new Error("aborted");
  await expect(healthOf(() => Promise.reject(aborted))).rejects.toBe(aborted);
});
