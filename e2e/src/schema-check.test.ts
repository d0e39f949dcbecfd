import type { Pod } from "@vkubelet/core";
import { checkObject } from "@vkubelet/pod";
import { podWith, type SchemaPath, schemaPaths } from "@vkubelet/pod/schema";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DryRunApi, eightAtOnce, openDryRunApi, sampleServer } from "./dry-run-api.ts";

/** One value or more of every kind that JSON has; `undefined` takes the field away. */
const values: readonly unknown[] = ["text", "", "512MB", 1.5, 3e9, true, null, [7], { a: 7 }, undefined];

/** Ephemeral containers and init containers are of the same types; the others the server of 1.36 drops unread. */
const leftOut: readonly RegExp[] = [
  /^spec\.(ephemeralC|initC)ontainers/,
  /\.(evictionResponders|schedulingGroup|clusterTrustBundle|podCertificate)\b/,
  /\.(httpGet\.protocol|grpc\.mode|bindMountOptions\[\]|emptyDir\.mode|defaultUser)$/,
  /\.(items\[\]|serviceAccountToken)\.user$/,
];

interface Trial {
  readonly path: SchemaPath;
  readonly value: unknown;
}

describe.runIf(await peerOrSkip("kubernetes"))("checkObject and the API server", () => {
  let controlPlane: ControlPlane;
  let api: DryRunApi;

  beforeAll(async () => {
    controlPlane = await startControlPlane(sampleServer);
    api = openDryRunApi(controlPlane);
    await api.createNamed();
  });
  afterAll(async () => {
    api?.close();
    await controlPlane?.stop();
  });

  it("refuse the same values in every field of a pod", async () => {
    const trials = schemaPaths()
      .filter(({ path }) => !leftOut.some((pattern) => pattern.test(path)))
      .flatMap((path) => values.map((value): Trial => ({ path, value })))
      .filter(({ path, value }) => value !== undefined || path.required);
    const falseAlarms: string[] = [];
    const missed: string[] = [];
    await eightAtOnce(trials, async ({ path, value }) => {
      const pod = structuredClone(podWith(path.path));
      put(pod, path.path, value);
      const [issue] = checkObject(pod, "Pod");
      const { status, message } = await api.tryPod(pod, "Ignore");
      const name = `${path.path} = ${JSON.stringify(value)}`;
      if (issue !== undefined && status < 300) falseAlarms.push(`${name}: ${issue.path} ${issue.message}`);
      // 400: the server could not read it. 422 is about sense, but for fields that are missing.
      const unread = status === 400 || (status === 422 && value === undefined);
      if (issue === undefined && unread) missed.push(`${name}: ${message}`);
    });
    expect(falseAlarms).toEqual([]);
    expect(missed).toEqual([]);
  });
});

/** Puts `value` at the last place that `path` has in `pod`; undefined takes it away. */
function put(pod: Pod, path: string, value: unknown): void {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  let owner = pod as Record<string, unknown>;
  for (const [index, step] of steps.entries()) {
    const key = step === "[]" || step === "{}" ? (Object.keys(owner).at(-1) ?? "") : step;
    if (index < steps.length - 1) owner = owner[key] as Record<string, unknown>;
    else if (value !== undefined) owner[key] = value;
    // A list without its only element is a required list that is empty.
    else if (Array.isArray(owner)) owner.splice(0, owner.length, null);
    else delete owner[key];
  }
}
