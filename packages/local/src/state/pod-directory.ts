import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PodRef, ProviderError, type ResolvedPod } from "@vkubelet/core";
import type { MachineTools } from "../machine/tools.ts";
import type { ProcessPlan } from "../translate/process-plan.ts";
import { isMissing, readState, writeAtomically } from "./files.ts";
import { layout } from "./layout.ts";
import { instanceNumbers, readInstance } from "./read-instance.ts";
import type { DeletionFile, InstanceSnapshot, PodFile, PodSnapshot } from "./snapshot.ts";
import { writeVolumes } from "./volumes.ts";

const safeUid = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Refuses a UID that could name something outside the provider's directory. */
export function checkUid(ref: PodRef): void {
  if (safeUid.test(ref.uid)) return;
  throw new ProviderError("InvalidInput", "pod has a UID that cannot name a directory", {
    issues: [{ path: "metadata.uid", message: "must be letters, digits, '-', '.' and '_'" }],
  });
}

/**
 * Accepts a pod: all of it is written beside its place and then renamed there, so a crash leaves it either accepted or
 * unknown. False when it had been accepted before.
 */
export async function acceptPod(
  directory: string,
  pod: ResolvedPod,
  plan: ProcessPlan,
  nowMs: number,
): Promise<boolean> {
  const temporary = join(layout.pods(directory), `.new-${randomUUID()}`);
  const file: PodFile = { ref: pod.ref, createdAtMs: nowMs, plan };
  try {
    await mkdir(join(temporary, "containers"), { recursive: true, mode: 0o700 });
    await writeVolumes(temporary, pod, plan, nowMs);
    await writeFile(layout.podFile(temporary), JSON.stringify(file), { mode: 0o600, flush: true });
    await rename(temporary, layout.pod(directory, pod.ref.uid));
    return true;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** UIDs of all accepted pods. What a crash left half written, here and beside them, is removed on the way. */
export async function acceptedPods(directory: string): Promise<readonly string[]> {
  await removeUnfinished(directory, (name) => name.startsWith(".") || name.startsWith("supervise.sh."));
  await removeUnfinished(layout.pods(directory), (name) => name.startsWith("."));
  return readdir(layout.pods(directory));
}

async function removeUnfinished(directory: string, isUnfinished: (name: string) => boolean): Promise<void> {
  const left = (await readdir(directory)).filter(isUnfinished);
  await Promise.all(left.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** The accepted pod; undefined when it is not known. */
export async function readPodFile(podDirectory: string): Promise<PodFile | undefined> {
  return readState<PodFile>(layout.podFile(podDirectory));
}

/** All that the disk says about a pod now. */
export async function readSnapshot(
  podDirectory: string,
  pod: PodFile,
  tools: MachineTools,
): Promise<PodSnapshot> {
  const deletion = await readState<DeletionFile>(layout.deletionFile(podDirectory));
  const instances = new Map<string, InstanceSnapshot>();
  for (const { name } of pod.plan.containers) {
    const number = (await instanceNumbers(layout.container(podDirectory, name))).at(-1);
    if (number === undefined) continue;
    const instance = await readInstance(layout.instance(podDirectory, name, number), number, tools);
    if (instance !== undefined) instances.set(name, instance);
  }
  return {
    pod,
    instances,
    ...(deletion === undefined ? {} : { deletion }),
  };
}

/** Notes that the pod is to stop. A later request may only bring the deadline forward. */
export async function requestDeletion(
  podDirectory: string,
  nowMs: number,
  gracePeriodSeconds: number,
): Promise<void> {
  const path = layout.deletionFile(podDirectory);
  const deadlineMs = gracePeriodSeconds === 0 ? 0 : nowMs + Math.max(2, gracePeriodSeconds) * 1000;
  const known = await readState<DeletionFile>(path);
  if (known !== undefined && known.deadlineMs <= deadlineMs) return;
  const file: DeletionFile = { ...known, requestedAtMs: nowMs, deadlineMs };
  await writeAtomically(path, JSON.stringify(file));
}

/**
 * Notes that the pod is to stop because it uses too much, with a grace of 1 s (pod-semantics M4). False when it is
 * stopping already.
 */
export async function evict(podDirectory: string, nowMs: number, message: string): Promise<boolean> {
  const path = layout.deletionFile(podDirectory);
  if ((await readState<DeletionFile>(path)) !== undefined) return false;
  const file: DeletionFile = { requestedAtMs: nowMs, deadlineMs: nowMs + 1000, eviction: message };
  await writeAtomically(path, JSON.stringify(file));
  return true;
}

/** Removes everything of a pod. */
export async function removePod(directory: string, uid: string): Promise<void> {
  const path = layout.pod(directory, uid);
  // Out of sight first: half removed it would look like an accepted pod without a plan.
  const doomed = join(layout.pods(directory), `.old-${randomUUID()}`);
  try {
    await rename(path, doomed);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true });
}
