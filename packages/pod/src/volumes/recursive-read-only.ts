import { type Container, ProviderError, type VolumeMount, type VolumeMountStatus } from "@vkubelet/core";

/**
 * Whether a mount is made read-only with everything mounted below it (M6; kubelet resolveRecursiveReadOnly):
 * `IfPossible` follows what the runtime supports. Throws `Unsupported`, with the kubelet's text, for `Enabled` on a
 * runtime that cannot, and `InvalidInput` for a mount that is not read-only or propagates: such a container must not
 * start.
 */
export function isRecursiveReadOnly(mount: VolumeMount, runtimeSupports: boolean): boolean {
  const { name, recursiveReadOnly: mode = "Disabled", mountPropagation = "None" } = mount;
  if (mode === "Disabled") return false;
  const asked = `volume "${name}" requested recursive read-only mode, but it is`;
  if (!mount.readOnly) throw new ProviderError("InvalidInput", `${asked} not read-only`);
  if (mountPropagation !== "None") {
    throw new ProviderError("InvalidInput", `${asked} not compatible with propagation "${mountPropagation}"`);
  }
  if (mode === "IfPossible") return runtimeSupports;
  if (mode !== "Enabled")
    throw new ProviderError("InvalidInput", `unknown recursive read-only mode "${mode}"`);
  if (!runtimeSupports) throw new ProviderError("Unsupported", `${asked} not supported by the runtime`);
  return true;
}

/**
 * The `volumeMounts` of a container's status (M6): `IfPossible` is told as what became of it. Never throws: what
 * {@link isRecursiveReadOnly} refuses counts as `Disabled`, since such a container does not start.
 */
export function volumeMountStatuses(
  container: Container,
  runtimeSupports: boolean,
): readonly VolumeMountStatus[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const { name, mountPath, readOnly = false, mountPropagation = "None" } = mount;
    if (!readOnly) return { name, mountPath, readOnly };
    const asked = mount.recursiveReadOnly === "Enabled" || mount.recursiveReadOnly === "IfPossible";
    const enabled = asked && runtimeSupports && mountPropagation === "None";
    return { name, mountPath, readOnly, recursiveReadOnly: enabled ? "Enabled" : "Disabled" };
  });
}
