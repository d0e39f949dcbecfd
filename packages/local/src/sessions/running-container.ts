import { join } from "node:path";
import { type ContainerRef, formatPodRef, ProviderError } from "@vkubelet/core";
import { processOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import { isThere } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import { readSnapshot } from "../state/pod-directory.ts";
import type { PodFile } from "../state/snapshot.ts";
import { type EnterCommandInput, enterCommand } from "../supervise/enter-command.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";

/** A container whose program runs at this moment. */
export interface RunningContainer {
  readonly plan: PlannedContainer;
  /** The line that runs a command beside the program. */
  lineOf(command: readonly string[]): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** `NotFound` for a container that is none of the pod's, or does not run. */
export async function findRunning(
  ref: ContainerRef,
  pod: PodFile,
  podDirectory: string,
  tools: MachineTools,
): Promise<RunningContainer> {
  const name = ref.container;
  const failed = `container ${name} in pod ${formatPodRef(ref)}`;
  const plan = pod.plan.containers.find((container) => container.name === name);
  if (plan === undefined) throw new ProviderError("NotFound", `${failed} is not part of the pod`);
  const { instances } = await readSnapshot(podDirectory, pod, tools);
  const instance = instances.get(name);
  if (instance?.phase.type !== "running") throw new ProviderError("NotFound", `${failed} is not running`);
  const { pid } = instance.phase.identity;
  const directory = layout.instance(podDirectory, name, instance.number);
  const owner =
    plan.security === undefined ? {} : { owner: await processOwner(plan.security, plan.root?.path) };
  const mounted = await isThere(join(directory, "namespace"));
  const input: Omit<EnterCommandInput, "command"> = { container: plan, tools, pid, mounted, ...owner };
  return {
    plan,
    lineOf: (command) => enterCommand({ ...input, command }),
    environment: Object.fromEntries(plan.environment.map((variable) => [variable.name, variable.value])),
  };
}
