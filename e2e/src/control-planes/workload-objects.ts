import type { AnyObject } from "./api-client.ts";
import { type Space, template } from "./bench.ts";

/** The labels that the cases' workloads select. */
export const selector = { matchLabels: { app: "case" } };

/** A workload `w` of the cases. */
export function workload(spec: AnyObject = {}): AnyObject {
  return { metadata: { name: "w" }, spec: { selector, template: template(), ...spec } };
}

/** A change of the image that a workload runs. */
export function withImage(image: string): AnyObject {
  return { spec: { template: { spec: { containers: [{ name: "c", image }] } } } };
}

/** The names of objects, sorted. */
export function namesOf(objects: readonly AnyObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name).sort();
}

/** The pods that are not being deleted. */
function livingOf(pods: readonly AnyObject[]): AnyObject[] {
  return pods.filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** Waits for so many pods that are not being deleted. */
export function living(space: Space, count: number): Promise<AnyObject[]> {
  return space.untilAll("pods", (pods) => livingOf(pods).length === count).then(livingOf);
}

/** Plays the kubelet of pods that run. */
export async function runAll(space: Space, pods: readonly AnyObject[]): Promise<void> {
  for (const { metadata } of pods) await space.setPhase(metadata.name, "Running");
}

/** Plays the kubelet of all pods that are being deleted. */
export async function finishDeletions(space: Space): Promise<void> {
  for (const { metadata } of await space.list("pods"))
    if (metadata.deletionTimestamp) await space.finishDeletion(metadata.name);
}

/** The owner that controls an object. */
export function controllerOf({ metadata }: AnyObject): AnyObject {
  return metadata.ownerReferences?.find(({ controller }: AnyObject) => controller);
}
