import { applyDefaults, readManifests } from "@vkubelet/pod/workloads";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparable } from "./defaulting-compare.ts";
import { sampleKinds, samplesOf } from "./samples/workloads.ts";

const samplesPerKind = 80;
const seed = 20_260_101;

describe.runIf(await peerOrSkip("kubernetes"))("defaults are those of a real API server", () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ controllerManager: false, scheduler: false });
    const account = await controlPlane.kubectl(["create", "serviceaccount", "default"]);
    expect(account.stderr).toBe("");
  });
  afterAll(() => controlPlane?.stop());

  /** What the server makes of the objects, by name. It must take every one of them. */
  const createdByServer = async (objects: readonly unknown[]) => {
    const args = ["create", "--dry-run=server", "-o", "json", "-f", "-"];
    const input = objects.map((object) => JSON.stringify(object)).join("\n");
    const { stdout, stderr } = await controlPlane.kubectl(args, { input });
    expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Warning: "))).toEqual([]);
    return readManifests(stdout).documents.map(({ object }) => object);
  };

  it.each(sampleKinds)(`%s: ${samplesPerKind} objects drawn by lot, field by field`, async (kind) => {
    const samples = samplesOf(kind, samplesPerKind, seed);
    const created = await createdByServer(samples);
    expect(created).toHaveLength(samples.length);
    for (const [index, sample] of samples.entries()) {
      const defaulted = applyDefaults(sample, { admission: true });
      expect(comparable(defaulted)).toEqual(comparable(created[index]));
      expect(applyDefaults(defaulted, { admission: true })).toEqual(defaulted);
    }
  });
});
