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

describe("users", () => {
  it("by name are not known", async () => {
    await using bench = await testBench();
    const arn = await runContainers(bench, [shell("main", "exit 0", { user: "nginx" })]);
    expect((await ended(bench, arn)).stoppedReason).toMatch(/user nginx: only root and numbers/);
  });
});
