import type { Pod } from "@vkubelet/core";
import { namespaceOf } from "../resolve/resolution.ts";

/** The pod as the kubelet names it in messages (`format.Pod`): `name_namespace(uid)`. */
export function podDescription(pod: Pod): string {
  return `${pod.metadata?.name ?? ""}_${namespaceOf(pod)}(${pod.metadata?.uid ?? ""})`;
}
