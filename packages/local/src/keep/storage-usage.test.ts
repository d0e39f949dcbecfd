import { link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { layout } from "../state/layout.ts";
import { temporaryDirectory } from "../test-support.ts";
import type {
  PlannedContainer,
  PlannedLimit,
  PlannedVolume,
  ProcessPlan,
} from "../translate/process-plan.ts";
import { hasStorageLimits, overuseOf } from "./storage-usage.ts";

const kibibyte = 1024;
const limit = (kibibytes: number, eviction: string): PlannedLimit => ({
  bytes: kibibytes * kibibyte,
  eviction,
});

function container(name: string, storage?: PlannedLimit): PlannedContainer {
  return {
    name,
    kind: "main",
    image: "",
    argv: ["true"],
    workingDir: "/",
    environment: [],
    mounts: [],
    restartPolicy: "Never",
    restartPolicyRules: [],
    terminationMessagePolicy: "File",
    ...(storage === undefined ? {} : { storage }),
  };
}

const plan = (fields: Partial<ProcessPlan>): ProcessPlan => ({
  restartPolicy: "Never",
  terminationGracePeriodSeconds: 30,
  address: "",
  containers: [container("a"), container("b")],
  volumes: [],
  ...fields,
});

/** A pod that holds 64 KiB of output and 128 KiB of root in `a`, 64 KiB of output in `b`, 256 KiB in `disk`, 512 in `fast`. */
async function usedPod(directory: string) {
  const pod = join(directory, "pod");
  const fill = async (path: string, name: string, kibibytes: number) => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, name), Buffer.alloc(kibibytes * kibibyte, 1));
  };
  await fill(layout.instance(pod, "a", 3), "stdout", 64);
  await fill(join(layout.instance(pod, "a", 3), "root/upper/deep"), "file", 128);
  await fill(layout.instance(pod, "b", 0), "stderr", 64);
  await fill(layout.instance(pod, "a", 2), "stdout", 1024);
  await fill(layout.volume(pod, "disk"), "one", 256);
  await link(join(layout.volume(pod, "disk"), "one"), join(layout.volume(pod, "disk"), "same"));
  await fill(layout.volume(pod, "fast"), "one", 512);
  const instances = new Map([
    ["a", { number: 3 }],
    ["b", { number: 0 }],
  ]);
  return (fields: Partial<ProcessPlan>) => overuseOf(pod, plan(fields), instances);
}

const volume = (name: string, more: Partial<PlannedVolume> = {}) =>
  ({ name, type: "emptyDir", ...more }) as PlannedVolume;

describe("overuseOf", () => {
  it("M4: counts what an emptyDir occupies, each file once", async () => {
    await using directory = await temporaryDirectory();
    const overuse = await usedPod(directory.path);
    expect(await overuse({ volumes: [volume("disk", { limit: limit(200, "disk") })] })).toBe("disk");
    expect(await overuse({ volumes: [volume("disk", { limit: limit(300, "disk") })] })).toBeUndefined();
  });

  it("counts output and root of a container's latest instance", async () => {
    await using directory = await temporaryDirectory();
    const overuse = await usedPod(directory.path);
    const of = (kibibytes: number) => ({
      containers: [container("a", limit(kibibytes, "a")), container("b")],
    });
    expect(await overuse(of(180))).toBe("a");
    expect(await overuse(of(260))).toBeUndefined();
  });

  it("counts all containers and the volumes on disk against the pod, which goes before its containers", async () => {
    await using directory = await temporaryDirectory();
    const overuse = await usedPod(directory.path);
    const volumes = [volume("disk"), volume("fast", { medium: "Memory" })];
    const containers = [container("a", limit(180, "a")), container("b")];
    expect(await overuse({ volumes, containers, storage: limit(500, "pod") })).toBe("pod");
    expect(await overuse({ volumes, containers, storage: limit(700, "pod") })).toBe("a");
  });

  it("measures nothing for a pod that is never evicted", async () => {
    const critical = { bytes: 1 };
    const without = plan({ storage: critical, containers: [container("a", critical)] });
    expect(hasStorageLimits(without)).toBe(false);
    expect(hasStorageLimits(plan({ storage: limit(1, "pod") }))).toBe(true);
    expect(hasStorageLimits(plan({ containers: [container("a", limit(1, "a"))] }))).toBe(true);
    expect(await overuseOf("/nowhere", without, new Map())).toBeUndefined();
  });
});
