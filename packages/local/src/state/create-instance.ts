import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StartAction } from "../keep/decide.ts";
import type { MachineTools } from "../machine/tools.ts";
import { launchScript } from "../supervise/launch-script.ts";
import type { ReadyMount } from "../supervise/mount-script.ts";
import { layout } from "./layout.ts";
import { instanceNumbers } from "./read-instance.ts";
import type { IntentFile } from "./snapshot.ts";

/**
 * Writes the intent to run an instance. The directory gets its name only when it is whole, and a name is given once:
 * of two who decide the same, one loses here. False when the instance was there already.
 */
export async function createInstance(
  podDirectory: string,
  uid: string,
  start: StartAction,
  mounts: readonly ReadyMount[],
  tools: MachineTools,
): Promise<boolean> {
  const { container, number } = start;
  const directory = layout.instance(podDirectory, container.name, number);
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const temporary = join(parent, `.new-${randomUUID()}`);
  await mkdir(temporary, { mode: 0o700 });
  const intent: IntentFile = {
    instanceId: `${uid}-${container.name}-${number}`,
    ...(start.backoff === undefined ? {} : { backoff: start.backoff }),
    ...(start.previous === undefined ? {} : { previous: start.previous }),
  };
  const script = launchScript({ container, instanceDirectory: directory, mounts, tools });
  const files: [string, string][] = [
    ["intent.json", JSON.stringify(intent)],
    ["launch.sh", script],
    ["stdout", ""],
    ["stderr", ""],
    ...(mounts.length > 0 || container.terminationMessagePath !== undefined
      ? [["namespace", ""] as [string, string]]
      : []),
  ];
  for (const [name, text] of files)
    await writeFile(join(temporary, name), text, { mode: 0o600, flush: true });
  try {
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
  // The current instance and the one before are kept: `previous` logs need no more.
  for (const old of await instanceNumbers(parent)) {
    if (old < number - 1) await rm(join(parent, String(old)), { recursive: true, force: true });
  }
  return true;
}
