import { join } from "node:path";
import { signalGroup } from "../machine/process-identity.ts";
import type { MachineTools } from "../machine/tools.ts";
import { writeAtomically } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import { readSnapshot } from "../state/pod-directory.ts";
import type { PodFile } from "../state/snapshot.ts";

/**
 * Settles what a provider before this one may have left half done, once, before anything is decided: a postStart hook
 * that had begun is not run again, as by a kubelet that restarts; a stop signal that was about to be sent is sent, a
 * second time where it had been.
 */
export async function takeOver(podDirectory: string, pod: PodFile, tools: MachineTools): Promise<void> {
  const { instances } = await readSnapshot(podDirectory, pod, tools);
  for (const container of pod.plan.containers) {
    const instance = instances.get(container.name);
    if (instance === undefined) continue;
    const { number, phase, postStart, stoppingSinceMs } = instance;
    const directory = layout.instance(podDirectory, container.name, number);
    if (postStart?.type === "begun") await writeAtomically(join(directory, "post-start"), "done");
    if (phase.type === "running" && stoppingSinceMs !== undefined)
      await signalGroup(phase.identity, container.stopSignal ?? "SIGTERM", tools);
  }
}
