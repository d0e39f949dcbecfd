import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { PodObservation, Provider, ResolvedPod } from "@vkubelet/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findCgroups } from "./machine/cgroups.ts";
import { hasProcfs, probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import { observed, resolved, shell, stateOf, temporaryDirectory, testContext } from "./test-support.ts";
import { MortalProcess, mortalKill } from "./testdata/mortal-process.ts";

vi.mock(import("node:fs/promises"), async (original) =>
  (await import("./testdata/mortal-process.ts")).mortalFiles(await original()),
);
vi.mock(import("node:child_process"), async (original) =>
  (await import("./testdata/mortal-process.ts")).mortalChildren(await original()),
);
const realKill = process.kill.bind(process);
beforeAll(() => {
  vi.spyOn(process, "kill").mockImplementation(mortalKill(realKill));
});
afterAll(() => vi.restoreAllMocks());

const host = await probeHost({});
const cgroups = await findCgroups();
const ended = ({ state }: PodObservation) => state === "ended";

/** What a kubelet knows over its own end, because the cluster holds it. */
interface Cluster {
  readonly pod: ResolvedPod;
  /** Where containers leave their marks. */
  readonly outside: string;
  end?: PodObservation;
}

interface Life {
  readonly name: string;
  pod(uid: string, outside: string): ResolvedPod;
  /** From the accepted pod to its end. */
  run(provider: Provider, cluster: Cluster): Promise<PodObservation>;
  check(end: PodObservation, runs: readonly string[]): void;
}

const stopped: Life = {
  name: "has hooks and volumes, runs and is stopped",
  pod(uid, outside) {
    const note = (word: string) => `echo ${word} >>${outside}/runs`;
    const exec = (word: string) => ({ exec: { command: ["/bin/sh", "-c", note(word)] } });
    const lifecycle = { postStart: exec("started"), preStop: exec("stopping") };
    const words = host.mounts === "namespace" ? "echo bye >/dev/termination-log; " : "";
    const script = `trap '${note("asked")}; ${words}exit 7' TERM; ${note("run")}; while :; do sleep 1000 & wait; done`;
    const mounted = host.mounts === "namespace";
    const volumeMounts = mounted ? [{ name: "fast", mountPath: "/mnt" }] : [];
    const terminationMessagePath = "/dev/termination-log";
    const main = shell("main", script, { terminationMessagePath, volumeMounts, lifecycle } as object);
    const pod = resolved(uid, { restartPolicy: "OnFailure", hostNetwork: true, containers: [main] });
    const limits = { memory: "64Mi" };
    return {
      ...pod,
      containers: pod.containers.map((one) => ({ ...one, resources: { limits, requests: limits } })),
      volumes: mounted ? [{ name: "fast", type: "emptyDir", medium: "Memory" }] : [],
    };
  },
  async run(provider, { pod, outside }) {
    const { uid } = pod.ref;
    await observed(provider, uid, (seen) => ended(seen) || stateOf(seen, "main") === "running");
    await expect.poll(() => marksIn(outside)).toContain("run");
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, testContext());
    return observed(provider, uid, ended);
  },
  check(end, runs) {
    const times = (word: string) => runs.filter((one) => one === word).length;
    expect(times("run")).toBe(1);
    // As with a kubelet: a hook at the start is not repeated, one at the stop that was cut short is, and so may a signal be.
    expect(times("started")).toBeLessThanOrEqual(1);
    expect(times("stopping")).toBeGreaterThanOrEqual(1);
    expect(times("asked")).toBeGreaterThanOrEqual(1);
    const message = host.mounts === "namespace" ? { message: "bye\n" } : {};
    expect(end.containers[0]).toMatchObject({ restartCount: 0, state: { exitCode: 7, ...message } });
  },
};

const restarted: Life = {
  name: "fails, is restarted and succeeds, after an init container",
  pod(uid, outside) {
    const script = `[ -e ${outside}/tried ] && exec sh -c 'echo second >>${outside}/runs'; : >${outside}/tried; echo first >>${outside}/runs; exit 3`;
    return resolved(uid, {
      restartPolicy: "OnFailure",
      // No names of its own: a start is quicker without mounts.
      hostNetwork: true,
      initContainers: [shell("first", `echo init >>${outside}/runs`)],
      containers: [shell("main", script)],
    });
  },
  run: (provider, { pod }) => observed(provider, pod.ref.uid, ended),
  check(end, runs) {
    expect(runs).toEqual(["init", "first", "second"]);
    expect(end.containers).toMatchObject([
      { restartCount: 0, state: { exitCode: 0 } },
      { restartCount: 1, state: { exitCode: 0 }, lastTermination: { exitCode: 3 } },
    ]);
  },
};

/** Brings the pod from wherever it is to its end and lets it go, as a kubelet does that may have come back. */
async function keep(provider: Provider, life: Life, cluster: Cluster): Promise<void> {
  const { ref } = cluster.pod;
  const listed = (await provider.listPods(testContext())).some((seen) => seen.ref.uid === ref.uid);
  if (!listed && cluster.end === undefined) await provider.createPod(cluster.pod, testContext());
  if (listed || cluster.end === undefined) cluster.end = await life.run(provider, cluster);
  await provider.releasePod?.(ref, testContext());
}

/** Lives once, with a kubelet that dies before its call number `diesAt`, and another that takes over; the calls there were. */
async function liveThrough(life: Life, diesAt: number): Promise<readonly string[]> {
  await using directory = await temporaryDirectory();
  await using outside = await temporaryDirectory();
  const uid = `${life.name.replaceAll(/\W+/g, "-")}-${process.pid}-${diesAt}`;
  const cluster: Cluster = { pod: life.pod(uid, outside.path), outside: outside.path };
  const mortal = new MortalProcess(diesAt);
  const first = createLocalProvider({ directory: directory.path });
  await mortal.live(async () => {
    await first.describeNode(testContext());
    mortal.count();
    await keep(first, life, cluster);
  });
  if (!mortal.dead) await first[Symbol.asyncDispose]();
  await using second = createLocalProvider({ directory: directory.path });
  await keep(second, life, cluster);
  const runs = await marksIn(outside.path);
  if (cluster.end === undefined) throw new Error("the pod has no end");
  life.check(cluster.end, runs);
  // A control group goes when its processes have really left it, for which the watcher looks once a second.
  await expect.poll(() => remains(directory.path, uid), { timeout: 15_000 }).toEqual([]);
  return mortal.calls;
}

/** What containers have noted so far. */
async function marksIn(outside: string): Promise<readonly string[]> {
  const text = await readFile(join(outside, "runs"), "utf8").catch(() => "");
  return text.split("\n").filter((word) => word !== "");
}

/** What is left of a pod: files, processes, mounts and control groups. */
async function remains(directory: string, uid: string): Promise<readonly string[]> {
  const files = (await readdir(directory, { recursive: true })).filter(
    (name) => !/^(pods|supervise\.sh|entry-.*)$/.test(name),
  );
  const groups = await Promise.all(
    (cgroups?.version === 1 ? [cgroups.memory, cgroups.cpu] : cgroups ? [cgroups.base] : []).map((base) =>
      readdir(base),
    ),
  );
  const mounts = host.operatingSystem === "linux" ? await readFile("/proc/self/mountinfo", "utf8") : "";
  return [
    ...files,
    ...(await processesOf(directory)),
    ...groups.flat().filter((name) => name.startsWith(uid)),
    ...mounts.split("\n").filter((line) => line.includes(directory)),
  ];
}

/** Command lines of processes that name the directory. */
async function processesOf(directory: string): Promise<readonly string[]> {
  if (!(await hasProcfs())) return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
      return line === "" ? line : `${line} ${await readlink(`/proc/${pid}/cwd`).catch(() => "")}`;
    }),
  );
  return lines.filter((line) => line.includes(directory));
}

/** Opens a provider that dies before its call number `diesAt`, and another in its place; the calls there were. */
async function openThrough(diesAt: number): Promise<readonly string[]> {
  await using directory = await temporaryDirectory();
  const options = { directory: directory.path, images: { app: { root: "/" } } };
  const mortal = new MortalProcess(diesAt);
  const first = createLocalProvider(options);
  mortal.count();
  await mortal.live(() => first.describeNode(testContext()));
  if (!mortal.dead) await first[Symbol.asyncDispose]();
  await using second = createLocalProvider(options);
  expect(await second.listPods(testContext())).toEqual([]);
  await expect.poll(() => remains(directory.path, "nobody")).toEqual([]);
  return mortal.calls;
}

/** So many lives at once: each waits for processes most of the time. */
const lanes = 4;

/** Lives once without a death and once with one at each call; so many calls as that made. */
async function dieEverywhere(live: (diesAt: number) => Promise<readonly string[]>): Promise<void> {
  const calls = await live(Number.POSITIVE_INFINITY);
  expect(calls.length).toBeGreaterThan(10);
  let next = 0;
  const lane = async () => {
    while (next < calls.length) {
      const diesAt = next++;
      try {
        await live(diesAt);
      } catch (error) {
        const message = `death at call ${diesAt} (${calls[diesAt]}): ${(error as Error).message}`;
        throw new Error(message, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

describe("a kubelet that dies leaves no process and no file behind, starts nothing twice and loses no exit code", () => {
  it("at each call while it opens", () => dieEverywhere(openThrough), 120_000);

  it.each([stopped, restarted])(
    "at each call for a container that $name",
    (life) => dieEverywhere((diesAt) => liveThrough(life, diesAt)),
    120_000,
  );
});
