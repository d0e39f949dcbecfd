import type { NodeObject } from "./node-object.ts";

/** Marks a node that its own kubelet cordoned, so that the next one uncordons it; a user's cordon bears no mark. */
const cordonedAnnotation = "vkubelet.dev/cordoned";

/** The merge patch that lets the scheduler bring no more pods; undefined when the node is cordoned already. */
export function cordonPatch(node: NodeObject): object | undefined {
  if (node.spec?.unschedulable === true) return undefined;
  return { metadata: { annotations: { [cordonedAnnotation]: "true" } }, spec: { unschedulable: true } };
}

/** The merge patch that takes back the cordon of an earlier kubelet; undefined when there is none. */
export function uncordonPatch(node: NodeObject): object | undefined {
  if (node.metadata?.annotations?.[cordonedAnnotation] === undefined) return undefined;
  return { metadata: { annotations: { [cordonedAnnotation]: null } }, spec: { unschedulable: null } };
}
