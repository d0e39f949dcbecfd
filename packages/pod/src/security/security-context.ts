import type { Pod } from "@vkubelet/core";
import { effectiveSecurity } from "./effective-security.ts";
import { numberValue, optionalValue } from "./security-value.ts";

/** `spec.securityContext.fsGroup`. */
export function fsGroupOf(pod: Pod): number | undefined {
  return optionalValue(pod.spec?.securityContext?.["fsGroup"], "spec.securityContext.fsGroup", numberValue);
}

/** The user as whom every container and init container runs, where they all name the same (U6: the container wins). */
export function commonRunAsUser(pod: Pod): number | undefined {
  if (!hasSecurityContext(pod)) return undefined;
  const usersOf = (list: "initContainers" | "containers") =>
    (pod.spec?.[list] ?? []).map(
      (container, index) => effectiveSecurity(pod, container, `spec.${list}[${index}]`).runAsUser?.value,
    );
  const users = new Set([...usersOf("initContainers"), ...usersOf("containers")]);
  return users.size === 1 ? [...users][0] : undefined;
}

/** Whether anything is written that could name a user: most pods have nothing. */
function hasSecurityContext({ spec }: Pod): boolean {
  const contexts = [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), { ...spec }];
  return contexts.some(({ securityContext }) => Object.keys(securityContext ?? {}).length > 0);
}
