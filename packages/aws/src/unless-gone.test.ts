import { ProviderError } from "@vkubelet/core";
import { expect, it } from "vitest";
import { unlessGone } from "./unless-gone.ts";

it("takes what is gone as stopped, and nothing else", async () => {
  await expect(unlessGone(Promise.reject(new ProviderError("NotFound", "gone")))).resolves.toBeUndefined();
  await expect(unlessGone(Promise.reject(new ProviderError("Throttled", "slow")))).rejects.toThrow("slow");
});
