import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCgroups, type InstanceCgroup } from "./machine/cgroups.ts";
import { hasProcfs } from "./machine/host.ts";
import { findTools } from "./machine/tools.ts";
import { launchScript } from "./supervise/launch-script.ts";
import { supervisorScript } from "./supervise/supervisor-script.ts";
import { shell, temporaryDirectory } from "./test-support.ts";
import type { PlannedContainer } from "./translate/process-plan.ts";

const tools = findTools({ namespace: false, users: false, procfs: await hasProcfs() });

/** Runs a script below its watcher in control groups until both have ended; the directory of its instance. */
async function watched(directory: string, cgroup: InstanceCgroup, script: string): Promise<string> {
  const instance = join(directory, "instance");
  await mkdir(instance);
  const container: PlannedContainer = {
    name: "main",
    kind: "main",
    image: "",
    argv: shell("main", script).command ?? [],
    workingDir: "/",
    environment: [{ name: "PATH", value: "/usr/bin:/bin", secret: false }],
    mounts: [],
    restartPolicy: "Never",
    restartPolicyRules: [],
    terminationMessagePolicy: "File",
  };
  const files = {
    "launch.sh": launchScript({ container, instanceDirectory: instance, mounts: [], tools, cgroup }),
    cgroup: `${[cgroup.events, ...cgroup.directories].join("\n")}\n`,
    stdout: "",
    stderr: "",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(instance, name), text);
  const supervisor = join(directory, "supervise.sh");
  // A group that cannot go yet is looked at again sooner than once a second.
  const sleep = join(directory, "sleep");
  await writeFile(sleep, "#!/bin/sh\nexec sleep 0.02\n", { mode: 0o755 });
  await writeFile(supervisor, supervisorScript({ ...tools, sleep }));
  await once(spawn(tools.sh, [supervisor, instance], { stdio: "ignore", detached: true }), "exit");
  return instance;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe("control groups of version 2, as files", () => {
  it.each([
    { kills: 0, killed: false },
    { kills: 2, killed: true },
  ])(
    "a program enters its group, and $kills kills for want of memory are told",
    async ({ kills, killed }) => {
      await using directory = await temporaryDirectory();
      const group = join(directory.path, "group");
      await mkdir(group);
      const events = join(group, "memory.events");
      await writeFile(events, `low 0\nhigh 0\nmax 7\noom ${kills}\noom_kill ${kills}\noom_group_kill 0\n`);
      const instance = await watched(directory.path, { directories: [group], events }, "echo $$; exit 3");
      const pid = (await readFile(join(instance, "stdout"), "utf8")).trim();
      expect(await readFile(join(group, "cgroup.procs"), "utf8")).toBe(pid);
      expect(await readFile(join(instance, "exit"), "utf8")).toBe("3\n");
      expect(await isThere(join(instance, "oom-killed"))).toBe(killed);
    },
  );
});

/** Where a hierarchy of version 2 is mounted and can be written. */
async function unifiedHierarchy(): Promise<string | undefined> {
  const table = (await isThere("/proc/self/mountinfo")) ? await readFile("/proc/self/mountinfo", "utf8") : "";
  const mounts = table.split("\n").filter((line) => line.includes(" - cgroup2 "));
  const root = mounts.map((line) => line.split(" ")[4] ?? "").at(-1);
  if (root === undefined) return undefined;
  const trial = join(root, `vkubelet-test-${process.pid}`);
  return mkdir(trial).then(
    async () => {
      await rmdir(trial);
      return root;
    },
    () => undefined,
  );
}

const root = await unifiedHierarchy();

if (root === undefined) {
  describe("control groups of version 2, of the kernel", () => {
    it("skipped: no hierarchy of version 2 is mounted here that could be written (needs Linux and root)", () => {});
  });
} else {
  describe("control groups of version 2, of the kernel", () => {
    it("what left its process group ends with the container, and the group is gone", async () => {
      await using directory = await temporaryDirectory();
      const group = join(root, `vkubelet-test-${process.pid}-left`);
      await mkdir(group);
      const events = join(group, "memory.events");
      // It starts others without end, each in a session of its own.
      const restless =
        "breed() { setsid sh -c 'echo $$; sleep 1000' & }; breed; breed; setsid sh -c 'while :; do :; done' &";
      const script = `grep -c ${group.slice(root.length)} /proc/self/cgroup; ${restless} exit 5`;
      const instance = await watched(directory.path, { directories: [group], events }, script);
      expect(await readFile(join(instance, "exit"), "utf8")).toBe("5\n");
      expect((await readFile(join(instance, "stdout"), "utf8")).split("\n")[0]).toBe("1");
      expect(await isThere(group)).toBe(false);
    });

    it("is used for limits exactly where it has the controllers for them", async () => {
      const controllers = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim().split(" ");
      const trees = await findCgroups(root);
      if (!controllers.includes("memory") || !controllers.includes("cpu")) {
        expect(trees).toBeUndefined();
        expect(await isThere(join(root, "vkubelet"))).toBe(false);
      } else if (trees !== undefined) expect(trees).toEqual({ version: 2, base: join(root, "vkubelet") });
    });
  });
}
