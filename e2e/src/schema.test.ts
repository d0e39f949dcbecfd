import { readFile } from "node:fs/promises";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { schemaModuleOf } from "@vkubelet-tools/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const committed = new URL("../../packages/pod/src/schema/api-types.generated.ts", import.meta.url);

describe.runIf(await peerOrSkip("kubernetes"))("the schema of a real API server", () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ controllerManager: false, scheduler: false });
  });
  afterAll(() => controlPlane?.stop());

  it("is what stands in @vkubelet/pod; if not, run node tools/schema/src/main.ts", async () => {
    expect(await schemaModuleOf(controlPlane)).toBe(await readFile(committed, "utf8"));
  });
});
