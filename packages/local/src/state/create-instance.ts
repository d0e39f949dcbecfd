import { randomUUID } from "node:crypto";
import { chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StartAction } from "../keep/decide.ts";
import { currentBoot } from "../machine/process-identity.ts";
import type { MachineTools } from "../machine/tools.ts";
import { layout } from "./layout.ts";
import { prepareLaunch } from "./prepare-launch.ts";
import { instanceNumbers } from "./read-instance.ts";
import type { IntentFile, PodFile } from "./snapshot.ts";

/**
 * Writes the intent to run an instance. The directory gets its name only when it is whole, and a name is given once:
 * of two who decide the same, one loses here. False when the instance was there already.
 */
export async function createInstance(
  podDirectory: string,
  pod: PodFile,
  start: StartAction,
  tools: MachineTools,
): Promise<boolean> {
  const { container, number } = start;
  const directory = layout.instance(podDirectory, container.name, number);
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const temporary = join(parent, `.new-${randomUUID()}`);
  await mkdir(temporary, { mode: 0o700 });
  const intent: IntentFile = {
    instanceId: `${pod.ref.uid}-${container.name}-${number}`,
    boot: await currentBoot(tools),
    terminationMessagePolicy: container.terminationMessagePolicy,
    ...(start.backoff === undefined ? {} : { backoff: start.backoff }),
    ...(start.previous === undefined ? {} : { previous: start.previous }),
  };
  const launch = await prepareLaunch({ pod, podDirectory, container, number, directory, temporary, tools });
  const { cgroup, owner } = launch;
  const files: [string, string][] = [
    ["intent.json", JSON.stringify(intent)],
    ["launch.sh", launch.script],
    ["stdout", ""],
    ["stderr", ""],
    ...(launch.mounted ? [["namespace", ""] as [string, string]] : []),
    ...(cgroup === undefined
      ? []
      : [["cgroup", `${[cgroup.events, ...cgroup.directories].join("\n")}\n`] as [string, string]]),
  ];
  for (const [name, text] of files)
    await writeFile(join(temporary, name), text, { mode: 0o600, flush: text !== "" });
  // As container runtimes do, so that a program may open /dev/stdout anew.
  if (owner !== undefined)
    for (const name of ["stdout", "stderr"]) await chown(join(temporary, name), owner.uid, 0);
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
