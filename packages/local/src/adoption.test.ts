import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { hasProcfs } from "./machine/host.ts";
import { isRunning, parseIdentity, signalGroup } from "./machine/process-identity.ts";
import { findTool, findTools, type MachineTools } from "./machine/tools.ts";
import { createLocalProvider } from "./provider.ts";
import { createInstance } from "./state/create-instance.ts";
import { layout } from "./state/layout.ts";
import { acceptPod, readPodFile } from "./state/pod-directory.ts";
import { supervisorScript } from "./supervise/supervisor-script.ts";
import {
  linesOf,
  observed,
  resolved,
  shell,
  stateOf,
  temporaryDirectory,
  testContext,
} from "./test-support.ts";
import { localTranslator } from "./translate/translate-pod.ts";

const host = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 0,
  gid: 0,
  address: "127.0.0.1",
  mounts: "reject",
  hostname: "machine",
  users: "own",
  limits: "none",
} as const;

/** Resolves once a file is there; by events of its directory. */
async function appears(directory: string, name: string): Promise<void> {
  const seen = Promise.withResolvers<void>();
  // Watches from here on, unlike the watch of node:fs/promises, which begins with the first look at it.
  const watcher = watch(directory, (_event, filename) => {
    if (filename === name) seen.resolve();
  });
  watcher.once("error", seen.reject);
  try {
    access(join(directory, name)).then(seen.resolve, () => undefined);
    await seen.promise;
  } finally {
    watcher.close();
  }
}

/** A pod accepted on disk and the intent to run its container, as a provider leaves them that died right then. */
async function leftBehind(directory: string, script: string, differences: Partial<MachineTools> = {}) {
  const found = findTools({ namespace: false, users: false, procfs: await hasProcfs() });
  const tools = { ...found, ...differences };
  await mkdir(layout.pods(directory), { recursive: true });
  await writeFile(layout.supervisor(directory), supervisorScript(tools));
  const pod = resolved("left", { restartPolicy: "Never", containers: [shell("main", script)] });
  const { requests: plan } = localTranslator.translate(pod, host);
  if (plan === undefined) throw new Error("the pod was rejected");
  await acceptPod(directory, pod, plan, Date.now());
  const podDirectory = layout.pod(directory, "left");
  const file = await readPodFile(podDirectory);
  const container = file?.plan.containers[0];
  if (file === undefined || container === undefined) throw new Error("the pod was not accepted");
  await createInstance(podDirectory, file, { container, number: 0, resumed: false }, tools);
  const instance = layout.instance(podDirectory, "main", 0);
  const supervise = () =>
    spawn(tools.sh, [layout.supervisor(directory), instance], { detached: true, stdio: "ignore" });
  return { instance, supervise, tools };
}

describe("crash points of a start", () => {
  it("intent written: the container is started", async () => {
    await using directory = await temporaryDirectory();
    await leftBehind(directory.path, `echo run >> ${directory.path}/runs`);
    await using provider = createLocalProvider({ directory: directory.path });
    await observed(provider, "left", ({ state }) => state === "ended");
    expect(await readFile(join(directory.path, "runs"), "utf8")).toBe("run\n");
  });

  it("watcher started, not yet heard of: a second watcher of the instance runs nothing", async () => {
    await using directory = await temporaryDirectory();
    const { supervise } = await leftBehind(directory.path, `echo run >> ${directory.path}/runs; sleep 0.1`);
    const rivals = [supervise(), supervise(), supervise()];
    await using provider = createLocalProvider({ directory: directory.path });
    const ended = rivals.map((rival) => (rival.exitCode === null ? once(rival, "exit") : undefined));
    await observed(provider, "left", ({ state }) => state === "ended");
    await Promise.all(ended);
    expect(await readFile(join(directory.path, "runs"), "utf8")).toBe("run\n");
  });

  it("program started: it is adopted as running, and its exit code is the true one", async () => {
    await using directory = await temporaryDirectory();
    const { instance, supervise } = await leftBehind(
      directory.path,
      `echo run >> ${directory.path}/runs; read line < ${directory.path}/go; echo $line; exit 7`,
    );
    const fifo = spawn("mkfifo", [join(directory.path, "go")]);
    await once(fifo, "exit");
    supervise();
    await appears(instance, "process");
    await using provider = createLocalProvider({ directory: directory.path });
    const [adopted] = await provider.listPods(testContext());
    expect(adopted && stateOf(adopted, "main")).toBe("running");
    await writeFile(join(directory.path, "go"), "on\n");
    const end = await observed(provider, "left", ({ state }) => state === "ended");
    expect(end.containers[0]?.state).toMatchObject({ type: "terminated", exitCode: 7 });
    expect(await readFile(join(directory.path, "runs"), "utf8")).toBe("run\n");
    expect(await linesOf(provider, "left", "main")).toEqual(["on"]);
  });

  it("exit written: it is shown with its code, and nothing starts", async () => {
    await using directory = await temporaryDirectory();
    const { instance, supervise } = await leftBehind(
      directory.path,
      `echo run >> ${directory.path}/runs; exit 9`,
    );
    supervise();
    await appears(instance, "exit");
    await using provider = createLocalProvider({ directory: directory.path });
    const [end] = await provider.listPods(testContext());
    expect(end).toMatchObject({ state: "ended", containers: [{ restartCount: 0, state: { exitCode: 9 } }] });
    expect(await readFile(join(directory.path, "runs"), "utf8")).toBe("run\n");
  });

  it("watcher dead, program too: the end is reported as unknown and written down once", async () => {
    await using directory = await temporaryDirectory();
    const { instance } = await leftBehind(directory.path, "true");
    await writeFile(join(instance, "claim"), "999999999\n1\nanother-boot\n");
    await using provider = createLocalProvider({ directory: directory.path });
    const [end] = await provider.listPods(testContext());
    expect(end?.containers[0]?.state).toMatchObject({
      type: "terminated",
      exitCode: 137,
      reason: "ContainerStatusUnknown",
    });
    expect(end?.state).toBe("ended");
  });

  it("intent from before the machine went down: it may have run, so it is not run again", async () => {
    await using directory = await temporaryDirectory();
    const { instance } = await leftBehind(directory.path, `echo run >> ${directory.path}/runs`);
    const intent = JSON.parse(await readFile(join(instance, "intent.json"), "utf8"));
    await writeFile(join(instance, "intent.json"), JSON.stringify({ ...intent, boot: "another-boot" }));
    await using provider = createLocalProvider({ directory: directory.path });
    const [end] = await provider.listPods(testContext());
    expect(end).toMatchObject({
      state: "ended",
      containers: [{ state: { reason: "ContainerStatusUnknown" } }],
    });
    await expect(access(join(directory.path, "runs"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("without /proc and setsid: identity by ps, the session by perl", async () => {
    const perl = findTool("perl");
    const ps = findTool("ps");
    expect(perl && ps, "this test needs perl and ps").toBeTruthy();
    await using directory = await temporaryDirectory();
    const differences = { procfs: false, setsid: undefined, perl, ps: ps ?? "" };
    const { instance, supervise, tools } = await leftBehind(
      directory.path,
      `echo $$ > ${directory.path}/pid; trap 'exit 3' TERM; while :; do sleep 0.05; done`,
      differences,
    );
    supervise();
    await appears(instance, "process");
    const identity = parseIdentity(await readFile(join(instance, "process"), "utf8"));
    if (identity === undefined) throw new Error("the process left no identity");
    expect(await isRunning(identity, tools)).toBe(true);
    expect(await isRunning({ ...identity, start: "Thu Jan  1 00:00:00 1970" }, tools)).toBe(false);
    await appears(directory.path, "pid");
    expect(await signalGroup(identity, "SIGKILL", tools)).toBe(true);
    await appears(instance, "exit");
    expect(await readFile(join(instance, "exit"), "utf8")).toBe("137\n");
    expect(await isRunning(identity, tools)).toBe(false);
  });

  it("a process of the same pid but another start time is not taken for ours", async () => {
    const tools = findTools({ namespace: false, users: false, procfs: await hasProcfs() });
    const identity = { pid: process.pid, start: "1", boot: "" };
    expect(await isRunning(identity, tools)).toBe(false);
  });

  it("directory removed under a running program: its watcher ends with it", async () => {
    await using directory = await temporaryDirectory();
    await using outside = await temporaryDirectory();
    const script = `: > ${outside.path}/up; until [ -e ${outside.path}/go ]; do sleep 0.02; done`;
    const { supervise } = await leftBehind(directory.path, script);
    const watcher = supervise();
    const ended = once(watcher, "exit");
    await appears(outside.path, "up");
    await rm(directory.path, { recursive: true });
    await writeFile(join(outside.path, "go"), "");
    expect(await ended).toEqual([0, null]);
  });

  it("deletion while only the intent stands: it is never started", async () => {
    await using directory = await temporaryDirectory();
    const { instance, supervise } = await leftBehind(directory.path, `echo run >> ${directory.path}/runs`);
    await writeFile(
      layout.deletionFile(layout.pod(directory.path, "left")),
      JSON.stringify({ requestedAtMs: Date.now(), deadlineMs: Date.now() + 30_000 }),
    );
    await using provider = createLocalProvider({ directory: directory.path });
    const [end] = await provider.listPods(testContext());
    expect(end?.state).toBe("ended");
    await once(supervise(), "exit");
    await expect(access(join(directory.path, "runs"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(join(instance, "claim"), "utf8")).toBe("cancelled\n");
  });
});

describe("adoption", () => {
  it("processes outlive kill -9 of the kubelet and are adopted with 0 starts repeated", async () => {
    await using directory = await temporaryDirectory();
    const kubelet = spawn(
      process.execPath,
      [
        "--conditions=@vkubelet/source",
        fileURLToPath(new URL("./testdata/kubelet-process.ts", import.meta.url)),
        directory.path,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(kubelet.stdout, "data");
    kubelet.kill("SIGKILL");
    await once(kubelet, "exit");
    await using provider = createLocalProvider({ directory: directory.path });
    const [adopted] = await provider.listPods(testContext());
    expect(adopted).toMatchObject({ ref: { uid: "survivor" }, state: "active" });
    expect(adopted && stateOf(adopted, "main")).toBe("running");
    const identity = parseIdentity(
      await readFile(
        join(layout.instance(layout.pod(directory.path, "survivor"), "main", 0), "process"),
        "utf8",
      ),
    );
    expect(identity?.pid).toBeGreaterThan(1);
    await provider.deletePod(
      { namespace: "default", name: "survivor", uid: "survivor" },
      { gracePeriodSeconds: 30 },
      testContext(),
    );
    const end = await observed(provider, "survivor", ({ state }) => state === "ended");
    expect(end.containers[0]).toMatchObject({ restartCount: 0, state: { exitCode: 5 } });
    expect(await linesOf(provider, "survivor", "main")).toEqual(["begun", "asked to stop"]);
  });

  it("B1: a restart that fell due while nobody was there happens after adoption", async () => {
    await using directory = await temporaryDirectory();
    const pod = resolved("crash", {
      containers: [shell("main", `[ -e ${directory.path}/calm ] && exec sleep 1000; exit 1`)],
    });
    {
      await using provider = createLocalProvider({ directory: directory.path });
      await provider.createPod(pod, testContext());
      const waiting = await observed(provider, "crash", ({ containers }) => {
        const state = containers[0]?.state;
        return state?.type === "waiting" && state.reason === "CrashLoopBackOff";
      });
      expect(waiting.containers[0]).toMatchObject({
        restartCount: 1,
        lastTermination: { exitCode: 1 },
      });
    }
    await writeFile(join(directory.path, "calm"), "");
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    await using provider = createLocalProvider({ directory: directory.path, clock });
    const back = await observed(provider, "crash", (seen) => stateOf(seen, "main") === "running");
    expect(back.containers[0]).toMatchObject({ restartCount: 2, lastTermination: { exitCode: 1 } });
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, testContext());
    const end = await observed(provider, "crash", ({ state }) => state === "ended");
    expect(end.containers[0]?.state).toMatchObject({ exitCode: 137, signal: 9 });
    await provider.releasePod?.(pod.ref, testContext());
    expect(await provider.listPods(testContext())).toEqual([]);
    await expect(access(layout.pod(directory.path, "crash"))).rejects.toMatchObject({ code: "ENOENT" });
    await rm(directory.path, { recursive: true });
  });
});
