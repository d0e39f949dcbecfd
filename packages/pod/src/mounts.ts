import { lateFieldsOf, type ResolvedMount, renderValue, type VolumeMount } from "@vkubelet/core";
import type { Environment } from "./environment.ts";
import { expandValue } from "./expansion.ts";
import type { ContainerScope } from "./resolution.ts";

/** What mounts need to know about the volumes of the pod. */
export interface VolumeNames {
  has(name: string): boolean;
  /** Whether the volume can only be read, whatever the mount says. */
  isReadOnly(name: string): boolean;
}

/** The mounts of a container in order. Unknown volumes and impossible paths are noted as issues. */
export function resolveMounts(
  scope: ContainerScope,
  environment: Environment,
  volumes: VolumeNames,
): readonly ResolvedMount[] {
  return (scope.container.volumeMounts ?? []).map((mount, index) => {
    const path = `${scope.path}.volumeMounts[${index}]`;
    if (!volumes.has(mount.name))
      scope.resolution.issue(`${path}.name`, `the pod has no volume "${mount.name}"`);
    const subPath = resolveSubPath(scope, path, mount, environment);
    return {
      volume: mount.name,
      mountPath: mount.mountPath,
      readOnly: (mount.readOnly ?? false) || volumes.isReadOnly(mount.name),
      ...(subPath && { subPath }),
    };
  });
}

function resolveSubPath(
  scope: ContainerScope,
  path: string,
  mount: VolumeMount,
  environment: Environment,
): string | undefined {
  if (!mount.subPathExpr) {
    const problem = mount.subPath ? subPathProblem(mount.subPath) : undefined;
    if (problem !== undefined) scope.resolution.issue(`${path}.subPath`, problem);
    return mount.subPath;
  }
  const missing = new Set<string>();
  const value = expandValue(mount.subPathExpr, (name) => {
    const found = environment.lookup(name);
    if (!found || found.parts.every((part) => part === "")) missing.add(name);
    return found;
  });
  if (missing.size > 0) {
    const message = `missing value for ${[...missing].sort().join(", ")}`;
    scope.resolution.waitForContainer(scope.container.name, message);
    return undefined;
  }
  const [late] = lateFieldsOf(value);
  if (late || value.secret) {
    const message = late
      ? `needs ${late}, which is not known before the start`
      : "expands to a value of a Secret, which a path cannot keep";
    scope.resolution.issue(`${path}.subPathExpr`, message);
    return undefined;
  }
  const subPath = renderValue(value);
  const problem = subPathProblem(subPath);
  if (problem !== undefined) {
    scope.resolution.waitForContainer(
      scope.container.name,
      `subPath "${subPath}" of volume "${mount.name}" ${problem}`,
    );
  }
  return subPath;
}

/** Why a path cannot be a subPath (M1). */
function subPathProblem(subPath: string): string | undefined {
  if (subPath.startsWith("/")) return "must not be an absolute path";
  return subPath.split("/").includes("..") ? "must not contain '..'" : undefined;
}
