import { existsSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ended, messages, runContainers, shell, testBench, toLogs } from "../test-support.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const volumes = [{ name: "files" }];
const at = (containerPath: string, readOnly = false) => ({
  mountPoints: [{ sourceVolume: "files", containerPath, readOnly }],
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("volumes", () => {
  it.runIf(isRoot)(
    "are shared by the containers of a task, at paths that this machine does not have",
    async () => {
      await using bench = await testBench();
      const writer = shell("writer", "mkdir -p /emulated/files/sub && echo hello >/emulated/files/sub/file", {
        essential: false,
        ...at("/emulated/files"),
      });
      const reader = shell("main", "cat /etc/emulated/sub/file; echo no >/etc/emulated/new || exit 4", {
        dependsOn: [{ containerName: "writer", condition: "SUCCESS" }],
        logConfiguration: toLogs,
        ...at("/etc/emulated", true),
      });
      const arn = await runContainers(bench, [writer, reader], { volumes });
      const task = await ended(bench, arn);
      const output = await messages(bench, arn);
      expect(output[0]).toBe("hello");
      expect(task.containers?.map(({ exitCode }) => exitCode)).toEqual([0, 4]);
      expect(existsSync("/emulated")).toBe(false);
      expect(existsSync("/etc/emulated")).toBe(false);
    },
  );

  it.runIf(isRoot)("leave the rest of the machine, the user and the environment as they are", async () => {
    await using bench = await testBench();
    const script =
      'test -s /etc/passwd && test -c /dev/null && test -d /proc/self && test "$(id -u):$(id -g)" = 1234:1234 && test "$A" = b';
    const arn = await runContainers(
      bench,
      [
        shell("main", script, {
          user: "1234",
          environment: [{ name: "A", value: "b" }],
          workingDirectory: "/etc/emulated",
          logConfiguration: toLogs,
          ...at("/etc/emulated"),
        }),
      ],
      { volumes },
    );
    const task = await ended(bench, arn);
    expect(await messages(bench, arn)).toEqual([]);
    expect(task.containers?.[0]?.exitCode).toBe(0);
  });

  it("are refused without root, with the reason", async () => {
    await using bench = await testBench();
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const arn = await runContainers(bench, [shell("main", "exit 0", at("/data"))], { volumes });
    expect((await ended(bench, arn)).stoppedReason).toMatch(/^CannotStartContainerError: .*need root/);
  });
});

describe("file systems of EFS", () => {
  const at = (rootDirectory?: string) => ({
    volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1", rootDirectory } }],
  });
  const mounted = { mountPoints: [{ sourceVolume: "data", containerPath: "/emulated/data" }] };

  it.runIf(isRoot)("outlive the task", async () => {
    await using bench = await testBench();
    const write = shell("main", "mkdir /emulated/data/sub && echo kept >/emulated/data/sub/file", mounted);
    await ended(bench, await runContainers(bench, [write], at()));
    const read = shell("main", "cat /emulated/data/file", { ...mounted, logConfiguration: toLogs });
    const arn = await runContainers(bench, [read], at("/sub"));
    await ended(bench, arn);
    expect(await messages(bench, arn)).toEqual(["kept"]);
  });

  it("keep the task from starting where the directory is not there", async () => {
    await using bench = await testBench();
    const task = await ended(
      bench,
      await runContainers(bench, [shell("main", "true", mounted)], at("/missing")),
    );
    expect(task).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(/^ResourceInitializationError: .*EFS.*No such file/),
    });
  });
});

describe("a tmpfs", () => {
  it.runIf(isRoot)("is a container's own", async () => {
    await using bench = await testBench();
    const own = (name: string, more = {}) =>
      shell(name, "ls /emulated/memory; echo seen; touch /emulated/memory/file", {
        linuxParameters: { tmpfs: [{ containerPath: "/emulated/memory", size: 1 }] },
        logConfiguration: toLogs,
        ...more,
      });
    const first = own("first", { essential: false });
    const arn = await runContainers(bench, [
      first,
      own("main", { dependsOn: [{ containerName: "first", condition: "SUCCESS" }] }),
    ]);
    await ended(bench, arn);
    expect(await messages(bench, arn)).toEqual(["seen"]);
  });
});

describe("secrets", () => {
  const secret = { secrets: [{ name: "PASSWORD", valueFrom: "arn:db" }] };
  const print = shell("main", 'echo "$PASSWORD"', { ...secret, logConfiguration: toLogs });

  it("are filled in at the start and stand in no description", async () => {
    await using bench = await testBench({ secrets: { "arn:db": "hunter2" } });
    const arn = await runContainers(bench, [print]);
    const task = await ended(bench, arn);
    expect(await messages(bench, arn)).toEqual(["hunter2"]);
    expect(JSON.stringify(task)).not.toContain("hunter2");
  });

  it("that are not there keep the task from starting", async () => {
    await using bench = await testBench();
    expect(await ended(bench, await runContainers(bench, [print]))).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(/^ResourceInitializationError: unable to pull secrets/),
    });
  });
});

describe("users", () => {
  it("by name are not known", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [shell("main", "exit 0", { user: "nginx" })]);
    expect((await ended(bench, arn)).stoppedReason).toMatch(/user nginx: only root and numbers/);
  });
});
