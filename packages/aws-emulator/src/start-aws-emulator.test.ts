import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startAwsEmulator } from "./start-aws-emulator.ts";
import {
  clientsOf,
  messages,
  runContainers,
  runUntilReady,
  shell,
  testBench,
  toLogs,
  until,
} from "./test-support.ts";

/** A zombie counts: whether anybody reaps orphans depends on the machine. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && readFileSync(stat, "utf8").includes(") Z ");
}

describe("startAwsEmulator", () => {
  it("ends every process group when disposed, and starts nothing afterwards", async () => {
    const bench = await testBench();
    const script = "sleep 1000 & echo $!; echo ready; wait";
    const dependant = shell("after", "exit 0", {
      dependsOn: [{ containerName: "side", condition: "COMPLETE" }],
      essential: false,
    });
    const side = shell("side", "exec sleep 1000", { essential: false });
    const arn = await runContainers(bench, [
      shell("main", script, { logConfiguration: toLogs }),
      side,
      dependant,
    ]);
    const [pid = ""] = await until(
      () => messages(bench, arn),
      (lines) => lines.includes("ready"),
    );
    await bench[Symbol.asyncDispose]();
    await until(async () => hasEnded(Number(pid)), Boolean);
    expect(bench.emulator.counts().tasks[0]?.starts).toEqual({ main: 1, side: 1, after: 0 });
  });

  it("leaves no process behind when its own is killed", async () => {
    const program = fileURLToPath(new URL("testdata/emulator-process.ts", import.meta.url));
    const directory = await mkdtemp(join(tmpdir(), "killed-"));
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, TMPDIR: directory },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    await using bench = clientsOf({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    const arn = await runUntilReady(bench, shell("main", "echo $$; echo ready; exec sleep 1000"));
    const [pid] = await messages(bench, arn);
    child.kill("SIGKILL");
    await until(async () => hasEnded(Number(pid)), Boolean);
    await rm(directory, { recursive: true });
  });

  it("keeps a directory that it was given, and removes its own", async () => {
    const directory = await mkdtemp(join(tmpdir(), "given-"));
    {
      await using bench = await testBench({ directory });
      await runUntilReady(bench, shell("main", "echo ready; exec sleep 1000"));
    }
    expect(existsSync(join(directory, "tasks"))).toBe(true);
    await rm(directory, { recursive: true });
  });

  it("refuses what it cannot start with", async () => {
    await expect(startAwsEmulator({ batchVcpus: 0.5 })).rejects.toThrow(/batchVcpus/);
    await using emulator = await startAwsEmulator();
    await expect(startAwsEmulator({ port: Number(emulator.url.port) })).rejects.toThrow(/EADDRINUSE/);
    expect(() => emulator.failNext("NoSuchOperation", { lostReply: true })).toThrow(/NoSuchOperation/);
  });

  it("answers nonsense with an error", async () => {
    await using emulator = await startAwsEmulator();
    const post = (headers: Record<string, string>, body: string) =>
      fetch(emulator.url, { method: "POST", headers, body });
    const target = { "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListTasks" };
    expect((await post(target, "{")).status).toBe(400);
    expect(await (await post(target, "{")).json()).toMatchObject({ __type: "SerializationException" });
    expect((await post({ "x-amz-target": "Nothing.At" }, "{}")).status).toBe(400);
    expect((await fetch(new URL("/v1/nothing", emulator.url), { method: "POST" })).status).toBe(400);
  });
});
