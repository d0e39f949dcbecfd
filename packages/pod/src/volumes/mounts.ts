import {
  lateFieldsOf,
  type ResolvedMount,
  type ResolvedVolume,
  renderValue,
  type VolumeMount,
} from "@vkubelet/core";
import type { Environment } from "../environment/environment.ts";
import { expandValue } from "../environment/expansion.ts";
import type { ContainerScope } from "../resolve/resolution.ts";
import { checkMounts } from "./mount-checks.ts";
import { hasBackstep } from "./path-rules.ts";
import { isReadOnlyVolume } from "./volumes.ts";

/** The mounts of a container in order. Unknown volumes and impossible paths are noted as issues. */
export function resolveMounts(
  scope: ContainerScope,
  environment: Environment,
  volumes: readonly ResolvedVolume[],
): readonly ResolvedMount[] {
  checkMounts(scope);
  return (scope.container.volumeMounts ?? []).map((mount, index) => {
    const subPath = resolveSubPath(scope, `${scope.path}.volumeMounts[${index}]`, mount, environment);
    const volume = volumes.find(({ name }) => name === mount.name);
    const { mountPath = "", mountPropagation: propagation, recursiveReadOnly: recursive } = mount;
    return {
      volume: mount.name,
      mountPath: mountPath.startsWith("/") ? mountPath : `/${mountPath}`,
      readOnly: (mount.readOnly ?? false) || isReadOnlyVolume(volume),
      ...(subPath && { subPath }),
      ...((propagation === "HostToContainer" || propagation === "Bidirectional") && {
        mountPropagation: propagation,
      }),
      ...((recursive === "Enabled" || recursive === "IfPossible") && { recursiveReadOnly: recursive }),
    };
  });
}

/** V7: `subPathExpr` sees the final environment; what it must not come out as stops the container, not the pod. */
function resolveSubPath(
  scope: ContainerScope,
  path: string,
  mount: VolumeMount,
  environment: Environment,
): string | undefined {
  if (!mount.subPathExpr) return mount.subPath;
  const { container, resolution } = scope;
  const missing = new Set<string>();
  const value = expandValue(mount.subPathExpr, (name) => {
    const found = environment.lookup(name);
    if (!found || found.parts.every((part) => part === "")) missing.add(name);
    return found;
  });
  if (missing.size > 0) {
    const message = `missing value for ${[...missing].sort().join(", ")}`;
    resolution.waitForContainer(container.name, message);
    return undefined;
  }
  const [late] = lateFieldsOf(value);
  if (late || value.secret) {
    const message = late
      ? `needs ${late}, which is not known before the start`
      : "expands to a value of a Secret, which a path cannot keep";
    resolution.issue(`${path}.subPathExpr`, message);
    return undefined;
  }
  const subPath = renderValue(value);
  const problem = expandedProblem(subPath);
  if (problem !== undefined) resolution.waitForContainer(container.name, problem);
  return subPath;
}

/** Why the kubelet mounts no such path (makeMounts), in its words. */
function expandedProblem(subPath: string): string | undefined {
  if (subPath.startsWith("/")) return `error SubPath \`${subPath}\` must not be an absolute path`;
  if (hasBackstep(subPath)) return `unable to provision SubPath \`${subPath}\`: must not contain '..'`;
  return subPath.includes("\0") ? "SubPath must not contain a NUL character" : undefined;
}
