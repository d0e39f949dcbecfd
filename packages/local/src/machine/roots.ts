import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isProviderError } from "@vkubelet/core";
import { isMissing } from "../state/files.ts";
import { prepareRoot } from "../state/prepare-root.ts";
import { launchScript } from "../supervise/launch-script.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { type EntryTools, entryWords, makeEntryTools } from "./entry-tools.ts";
import { type MachineTools, namespaceWords } from "./tools.ts";

/** What this machine can do about roots of containers. */
export type Roots =
  | { readonly tools: MachineTools & { readonly entry: EntryTools } }
  /** Why there can be none, with the way out. */
  | { readonly refusal: string };

/**
 * Brings together what enters a root of a container's own, below `directory`, and tries it out. `alone`: no container can
 * be using what lies there.
 */
export async function prepareRoots(directory: string, tools: MachineTools, alone: boolean): Promise<Roots> {
  let entry: EntryTools;
  try {
    entry = await makeEntryTools(directory, alone);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { refusal: error.message };
  }
  const ready = { ...tools, entry };
  const refusal = await rootRefusal(directory, ready);
  return refusal === undefined ? { tools: ready } : { refusal };
}

/**
 * Why a container cannot be given a root of its own below `directory`, which is found by trying; undefined: it can.
 * Overlays may be unknown to the kernel or impossible on the directory's file system, and a root that the machine was
 * started from cannot always be exchanged.
 */
async function rootRefusal(
  directory: string,
  tools: MachineTools & { readonly entry: EntryTools },
): Promise<string | undefined> {
  const { pivotRoot, unshare } = tools;
  if (pivotRoot === undefined || unshare === undefined) return "pivot_root is not installed";
  const instance = join(directory, `.trial-${randomUUID()}`);
  const empty = join(instance, "empty");
  await mkdir(empty, { recursive: true, mode: 0o700 });
  try {
    const layers = join(instance, "root");
    const source = await prepareRoot(empty, layers);
    const root = { source, layers, readOnly: true, privileged: false };
    await writeFile(
      join(instance, "launch.sh"),
      launchScript({
        container: trial(source, tools.entry),
        instanceDirectory: instance,
        mounts: [],
        tools,
        root,
      }),
    );
    const words = [...namespaceWords(tools), tools.sh, join(instance, "launch.sh")];
    await promisify(execFile)(unshare, words, { env: {}, cwd: "/" });
    return undefined;
  } catch (error) {
    const why = (await startError(instance)) ?? (error as Error).message.trim();
    return `${why}; let the option directory lie on a file system that can carry overlays, such as ext4, xfs or tmpfs`;
  } finally {
    await rm(instance, { recursive: true, force: true });
  }
}

/** A container that runs what every root has once it is entered. */
function trial(path: string, entry: EntryTools): PlannedContainer {
  return {
    name: "trial",
    kind: "main",
    image: "",
    argv: [...entryWords(entry, "sh"), "-c", ":"],
    root: { path, readOnly: true, privileged: false },
    workingDir: "/",
    environment: [],
    mounts: [],
    restartPolicy: "Never",
    restartPolicyRules: [],
    terminationMessagePolicy: "File",
  };
}

async function startError(instance: string): Promise<string | undefined> {
  try {
    return await readFile(join(instance, "start-error"), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
