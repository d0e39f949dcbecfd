import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startProcess } from "./child-process.ts";

/** A script that has a child and runs until it gets SIGTERM. */
const serve = (folder: string) => `echo $$ > ${folder}/pid; sleep 1000 & echo $! > ${folder}/child; wait`;

describe("startProcess", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-process-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = (script: string, ready: () => Promise<boolean>, readyTimeout?: number) =>
    startProcess({
      name: "thing",
      command: "sh",
      args: ["-c", script],
      logFile: join(folder, "logs", "thing.log"),
      ready,
      ...(readyTimeout === undefined ? {} : { readyTimeout }),
    });
  const childIsThere = () => access(join(folder, "child")).then(() => true);

  it("waits until it is ready, and stops it together with its children", async () => {
    await using running = await start(serve(folder), childIsThere);
    const child = Number(await readFile(join(folder, "child"), "utf8"));
    expect(Number(await readFile(join(folder, "pid"), "utf8"))).toBe(running.pid);
    await running.stop();
    await running.exited;
    expect(() => process.kill(running.pid, 0)).toThrow(/ESRCH/);
    // The child may be a zombie of a machine whose first process reaps nobody, but it no longer runs.
    await vi.waitFor(async () => {
      const state = await readFile(`/proc/${child}/stat`, "utf8").catch(() => "gone");
      expect(state).toMatch(/^gone$|\) Z /);
    });
    await running.stop();
  });

  it("ends by force what ignores SIGTERM", async () => {
    const running = await startProcess({
      name: "stubborn",
      command: "sh",
      args: ["-c", `trap "" TERM; touch ${folder}/child; while :; do sleep 0.1; done`],
      logFile: join(folder, "stubborn.log"),
      ready: childIsThere,
      stopTimeout: 1,
    });
    await running.stop();
    expect(() => process.kill(running.pid, 0)).toThrow(/ESRCH/);
  });

  it("says how it ended, with the tail of its log, when it ends before it is ready", async () => {
    const starting = start("echo first; echo the port is taken >&2; exit 3", async () => false);
    await expect(starting).rejects.toThrow(
      /^start thing: it ended \(exit code 3\); log .*thing.log:\nfirst\nthe port is taken$/,
    );
  });

  it("stops it when it is not ready in time", async () => {
    await expect(start("echo slow; sleep 1000", async () => false, 1)).rejects.toThrow(
      /^start thing: it was not ready within 1 ms/,
    );
  });

  it("rejects when there is no such command", async () => {
    const starting = startProcess({
      name: "thing",
      command: "vkubelet-no-such-command",
      args: [],
      logFile: join(folder, "thing.log"),
      ready: async () => true,
    });
    await expect(starting).rejects.toThrow("start thing: spawn vkubelet-no-such-command ENOENT");
  });

  it("does not start when it is aborted before", async () => {
    const starting = startProcess({
      name: "thing",
      command: "sh",
      args: ["-c", "exit 0"],
      logFile: join(folder, "thing.log"),
      ready: async () => true,
      signal: AbortSignal.abort(),
    });
    await expect(starting).rejects.toMatchObject({ name: "AbortError" });
  });
});
