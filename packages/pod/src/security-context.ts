import type { Pod } from "@vkubelet/core";

/** `spec.securityContext.fsGroup`. */
export function fsGroupOf(pod: Pod): number | undefined {
  return numberAt(pod.spec?.securityContext, "fsGroup");
}

/** The user as whom every container and init container runs, where they all name the same (U6: the container wins). */
export function commonRunAsUser(pod: Pod): number | undefined {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const users = new Set(
    containers.map(
      (container) =>
        numberAt(container.securityContext, "runAsUser") ?? numberAt(pod.spec?.securityContext, "runAsUser"),
    ),
  );
  return users.size === 1 ? [...users][0] : undefined;
}

function numberAt(context: Readonly<Record<string, unknown>> | undefined, field: string): number | undefined {
  const value = context?.[field];
  return typeof value === "number" ? value : undefined;
}
