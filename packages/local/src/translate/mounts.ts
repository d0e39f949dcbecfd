import type { ResolvedContainer, ResolvedPod, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { isApiAccessVolume } from "@vkubelet/pod";
import type { LocalHost, PlannedLimit, PlannedMount, PlannedVolume } from "./process-plan.ts";
import { storageLimit } from "./storage.ts";

const hostPathTypes = new Set(["", "Directory", "File", "Socket", "CharDevice", "BlockDevice"]);

/** The volumes of the pod as directories; kinds that this machine does not have are rejected by path. */
export function planVolumes(
  pod: ResolvedPod,
  host: LocalHost,
  account: FieldAccount,
): readonly PlannedVolume[] {
  return pod.volumes.flatMap((volume, index): PlannedVolume[] => {
    if (volume.type === "files") return [{ name: volume.name, type: "files" }];
    if (volume.type === "emptyDir") return [planEmptyDir(pod, volume, host)];
    const path = `spec.volumes[${index}].${volume.kind}`;
    if (volume.kind !== "hostPath") {
      // The support table rejects every field of other kinds; one without any field is left to this.
      if (Object.keys(volume.source).length === 0) {
        account.reject(path, "is a kind of volume that this machine does not have; use emptyDir or hostPath");
      }
      return [];
    }
    const type = String(volume.source["type"] ?? "");
    if (!hostPathTypes.has(type)) {
      account.reject(
        `${path}.type`,
        `${type} would create something outside the provider's directory; create it yourself and use Directory or File`,
      );
      return [];
    }
    return [{ name: volume.name, type: "hostPath", path: String(volume.source["path"]) }];
  });
}

function planEmptyDir(
  pod: ResolvedPod,
  { name, medium, sizeLimitBytes }: Extract<ResolvedVolume, { type: "emptyDir" }>,
  host: LocalHost,
): PlannedVolume {
  const inMemory = medium === "Memory" && host.mounts === "namespace";
  return {
    name,
    type: "emptyDir",
    ...(inMemory ? { medium } : {}),
    ...(sizeLimitBytes === undefined ? {} : { limit: limitOf(pod, name, sizeLimitBytes) }),
  };
}

function limitOf(pod: ResolvedPod, volume: string, bytes: bigint): PlannedLimit {
  const written = pod.pod.spec?.volumes?.find(({ name }) => name === volume)?.emptyDir?.sizeLimit;
  const limit = String(written ?? bytes);
  return storageLimit(pod, bytes, { type: "emptyDir", volume, limit });
}

/**
 * The mounts of a container. Without mount namespaces only two can be left out honestly: a hostPath mounted at its own
 * path (it is there already), and the token that the API server adds unasked (the report says that it is missing).
 */
export function planMounts(
  pod: ResolvedPod,
  container: ResolvedContainer,
  path: string,
  host: LocalHost,
  account: FieldAccount,
): readonly PlannedMount[] {
  if (host.mounts === "namespace") {
    for (const [index, mount] of container.mounts.entries()) {
      if (mount.mountPath === "/") {
        account.reject(`${path}[${index}].mountPath`, "/ would hide this machine's programs");
      }
    }
    return container.mounts.map((mount) => ({ ...mount }));
  }
  for (const [index, mount] of container.mounts.entries()) {
    const volume = pod.volumes.find(({ name }) => name === mount.volume);
    const inPlace =
      volume?.type === "reference" &&
      volume.kind === "hostPath" &&
      volume.source["path"] === mount.mountPath &&
      !mount.readOnly &&
      mount.subPath === undefined;
    if (inPlace || isApiAccessVolume(mount.volume)) continue;
    account.reject(
      `${path}[${index}]`,
      "cannot be honoured: processes share this machine's filesystem; run the kubelet as root on Linux (mounts: namespace), or mount a hostPath at its own path",
    );
  }
  return [];
}
