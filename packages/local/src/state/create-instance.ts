import { randomUUID } from "node:crypto";
import { chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StartAction } from "../keep/decide.ts";
import { currentBoot } from "../machine/process-identity.ts";
import { missingCapabilities, type ProcessOwner, processOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import { failureScript, launchScript } from "../supervise/launch-script.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { layout } from "./layout.ts";
import { makeTerminationFile, prepareMounts } from "./prepare-mounts.ts";
import { instanceNumbers } from "./read-instance.ts";
import type { IntentFile, PodFile } from "./snapshot.ts";
import { StartFailure } from "./start-failure.ts";

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
  const { script, mounts, owner } = await scriptFor(
    podDirectory,
    directory,
    temporary,
    pod,
    container,
    tools,
  );
  const files: [string, string][] = [
    ["intent.json", JSON.stringify(intent)],
    ["launch.sh", script],
    ["stdout", ""],
    ["stderr", ""],
    ...(mounts > 0 ? [["namespace", ""] as [string, string]] : []),
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

/** The launch script, and how many mounts it makes. What cannot be prepared becomes a script that says so and fails. */
async function scriptFor(
  podDirectory: string,
  directory: string,
  temporary: string,
  pod: PodFile,
  container: PlannedContainer,
  tools: MachineTools,
): Promise<{ readonly script: string; readonly mounts: number; readonly owner?: ProcessOwner }> {
  try {
    const owner = await ownerOf(container);
    const mounts = [...(await prepareMounts(podDirectory, pod.plan, container))];
    if (container.terminationMessagePath !== undefined) {
      await makeTerminationFile(join(temporary, "termination-log"));
      mounts.push({
        source: join(directory, "termination-log"),
        target: container.terminationMessagePath,
        readOnly: false,
        ours: true,
      });
    }
    const taken = owner === undefined ? {} : { owner };
    const script = launchScript({ container, instanceDirectory: directory, mounts, tools, ...taken });
    return { script, mounts: mounts.length, ...taken };
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return { script: failureScript(directory, error.message), mounts: 0 };
  }
}

async function ownerOf({ security }: PlannedContainer): Promise<ProcessOwner | undefined> {
  if (security === undefined) return undefined;
  const missing = await missingCapabilities(security);
  if (missing.length > 0) {
    throw new StartFailure(
      `capabilities ${missing.join(", ")} cannot be given: the kubelet itself lacks them`,
    );
  }
  return processOwner(security);
}
