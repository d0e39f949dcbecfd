import { join } from "node:path";
import { cgroupName, type InstanceCgroup, makeCgroup } from "../machine/cgroups.ts";
import { missingCapabilities, type ProcessOwner, processOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import { failureScript, launchScript } from "../supervise/launch-script.ts";
import type { ReadyMount } from "../supervise/mount-script.ts";
import type { ReadyRoot } from "../supervise/root-script.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { writeNetworkFiles } from "./network-files.ts";
import { makeTerminationFile, prepareMounts } from "./prepare-mounts.ts";
import { prepareRoot, rootLayers } from "./prepare-root.ts";
import type { PodFile } from "./snapshot.ts";
import { StartFailure } from "./start-failure.ts";

export interface LaunchPreparation {
  readonly pod: PodFile;
  readonly podDirectory: string;
  readonly container: PlannedContainer;
  readonly number: number;
  /** Where the instance will lie. */
  readonly directory: string;
  /** Where it lies until it is whole. */
  readonly temporary: string;
  readonly tools: MachineTools;
}

export interface PreparedLaunch {
  readonly script: string;
  /** Whether the program gets mounts and a hostname of its own. */
  readonly mounted: boolean;
  readonly owner?: ProcessOwner;
  readonly cgroup?: InstanceCgroup;
}

/** Everything that a program needs before it can start. What cannot be prepared becomes a script that says so and fails. */
export async function prepareLaunch(preparation: LaunchPreparation): Promise<PreparedLaunch> {
  const { container, directory, tools } = preparation;
  try {
    const owner = await ownerOf(container);
    const mounts = await mountsOf(preparation);
    const root = await rootOf(preparation);
    const cgroup = await cgroupOf(preparation);
    const taken = { ...(owner === undefined ? {} : { owner }), ...(cgroup === undefined ? {} : { cgroup }) };
    const script = launchScript({
      container,
      instanceDirectory: directory,
      mounts,
      tools,
      ...(root === undefined ? {} : { root }),
      ...taken,
    });
    return { script, mounted: mounts.length > 0 || isApart(container), ...taken };
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return { script: failureScript(directory, error.message), mounted: false };
  }
}

/** Whether a container sees another machine than this one even without mounts. */
function isApart({ hostname, root }: PlannedContainer): boolean {
  return hostname !== undefined || root !== undefined;
}

async function rootOf({
  container,
  directory,
  temporary,
}: LaunchPreparation): Promise<ReadyRoot | undefined> {
  if (container.root === undefined) return undefined;
  const source = await prepareRoot(container.root.path, join(temporary, rootLayers));
  return { ...container.root, source, layers: join(directory, rootLayers) };
}

async function ownerOf({ security, root }: PlannedContainer): Promise<ProcessOwner | undefined> {
  if (security === undefined) return undefined;
  const missing = await missingCapabilities(security);
  if (missing.length > 0) {
    throw new StartFailure(
      `capabilities ${missing.join(", ")} cannot be given: the kubelet itself lacks them`,
    );
  }
  return processOwner(security, root?.path);
}

async function mountsOf(preparation: LaunchPreparation): Promise<readonly ReadyMount[]> {
  const { podDirectory, pod, container, directory, temporary } = preparation;
  const mounts = [
    ...(await prepareMounts(podDirectory, pod.plan, container)),
    ...(await writeNetworkFiles(container, pod.plan.address, temporary, directory)),
  ];
  if (container.terminationMessagePath === undefined) return mounts;
  await makeTerminationFile(join(temporary, "termination-log"));
  const source = join(directory, "termination-log");
  return [...mounts, { source, target: container.terminationMessagePath, readOnly: false, ours: true }];
}

async function cgroupOf({
  pod,
  container,
  number,
  tools,
}: LaunchPreparation): Promise<InstanceCgroup | undefined> {
  if (container.limits === undefined || tools.cgroups === undefined) return undefined;
  try {
    return await makeCgroup(tools.cgroups, cgroupName(pod.ref.uid, container.name, number), container.limits);
  } catch (error) {
    throw new StartFailure(`limits cannot be set: ${(error as Error).message}`);
  }
}
