import type { FieldIssue, Pod } from "@vkubelet/core";
import { isMirrorPod } from "./pod-source.ts";
import { sameValue } from "./same-value.ts";

/** The subresource `ephemeralcontainers` (pod-semantics U1, U2): containers are only added, never to a mirror pod. */
export function ephemeralContainerIssues(previous: Pod, next: Pod): readonly FieldIssue[] {
  const path = "spec.ephemeralContainers";
  if (isMirrorPod(previous)) {
    return [{ path, message: "static pods do not support ephemeral containers" }];
  }
  const after = next.spec?.ephemeralContainers ?? [];
  return (previous.spec?.ephemeralContainers ?? []).flatMap((old) => {
    const now = after.findLast(({ name }) => name === old.name);
    if (now === undefined) return [{ path, message: `"${old.name}" cannot be removed` }];
    return sameValue(old, now) ? [] : [{ path, message: `"${old.name}" cannot be changed` }];
  });
}
