import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../test-support.ts";
import { findCgroups, makeCgroup, removeCgroups } from "./cgroups.ts";

async function contents(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

describe("makeCgroup", () => {
  it("v2: memory, quota and weight as the kubelet converts them", async () => {
    await using directory = await temporaryDirectory();
    const trees = { version: 2, base: directory.path } as const;
    const limits = { memoryBytes: 1048576, cpuMilli: 1500, cpuShares: 1024 };
    const { directories, events } = await makeCgroup(trees, "u_c_0", limits);
    expect(directories).toEqual([join(directory.path, "u_c_0")]);
    expect(events).toBe(join(directory.path, "u_c_0", "memory.events"));
    expect(await contents(join(directory.path, "u_c_0"))).toEqual({
      "memory.max": "1048576",
      "memory.oom.group": "1",
      "cpu.weight": "100",
      "cpu.max": "150000 100000",
    });
    await makeCgroup(trees, "u_c_1", { cpuShares: 2 });
    expect(await contents(join(directory.path, "u_c_1"))).toEqual({ "cpu.weight": "1" });
  });

  it("v1: the same in two trees, with the kubelet's least quota", async () => {
    await using directory = await temporaryDirectory();
    const trees = { version: 1, memory: join(directory.path, "m"), cpu: join(directory.path, "c") } as const;
    for (const base of [trees.memory, trees.cpu]) await mkdir(base);
    await makeCgroup(trees, "u", { memoryBytes: 4096, cpuMilli: 1, cpuShares: 102 });
    expect(await contents(join(directory.path, "m/u"))).toEqual({ "memory.limit_in_bytes": "4096" });
    expect(await contents(join(directory.path, "c/u"))).toEqual({
      "cpu.shares": "102",
      "cpu.cfs_period_us": "100000",
      "cpu.cfs_quota_us": "1000",
    });
  });
});

describe("findCgroups", () => {
  it("finds none where nothing can be made", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, "memory"), "");
    expect(await findCgroups(directory.path)).toBeUndefined();
    expect(await findCgroups("/proc/no-such-directory")).toBeUndefined();
  });
});

it("removes only the control groups of one pod", async () => {
  await using directory = await temporaryDirectory();
  for (const name of ["a_main_0", "a_main_1", "ab_main_0"]) await mkdir(join(directory.path, name));
  await removeCgroups({ version: 2, base: directory.path }, "a_");
  expect(await readdir(directory.path)).toEqual(["ab_main_0"]);
});
