import type { ResolvedMount, ResolvedPod, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import type { VolumeMountSpec, VolumeRequest } from "./job-spec.ts";
import type { NomadTranslateOptions } from "./options.ts";

type ReferenceVolume = Extract<ResolvedVolume, { type: "reference" }>;

/** A mount of a volume that lies outside the job, as one of the three forms that Nomad has for it. */
export type ReferenceMount =
  | { readonly type: "bind"; readonly text: string }
  | { readonly type: "mount"; readonly mount: Readonly<Record<string, unknown>> }
  | { readonly type: "registered"; readonly mount: VolumeMountSpec };

/** The group's requests for volumes that are registered with Nomad: those that the pod claims. */
export function volumeRequests(
  pod: ResolvedPod,
  options: NomadTranslateOptions,
  account: FieldAccount,
): Readonly<Record<string, VolumeRequest>> {
  const requests: Record<string, VolumeRequest> = {};
  pod.volumes.forEach((volume, index) => {
    if (volume.type !== "reference" || volume.kind !== "persistentVolumeClaim") return;
    const claim = String(volume.source["claimName"]);
    const registered = options.claims[`${pod.ref.namespace}/${claim}`] ?? options.claims[claim];
    if (registered === undefined) {
      account.reject(
        `spec.volumes[${index}].persistentVolumeClaim`,
        `no Nomad volume stands for claim ${claim}: register one and name it in the option claims`,
      );
      return;
    }
    requests[volume.name] = {
      Name: volume.name,
      Type: registered.type,
      Source: registered.source,
      ReadOnly: volume.source["readOnly"] === true,
      ...(registered.type === "csi"
        ? {
            AccessMode: registered.accessMode ?? "single-node-writer",
            AttachmentMode: registered.attachmentMode ?? "file-system",
          }
        : {}),
    };
  });
  return requests;
}

/** The mount of one such volume into a docker task; undefined, where it cannot be mounted. */
export function referenceMount(
  volume: ReferenceVolume,
  mount: ResolvedMount,
  path: string,
  account: FieldAccount,
): ReferenceMount | undefined {
  switch (volume.kind) {
    case "hostPath":
      return hostPathMount(volume, mount);
    case "nfs":
      return nfsMount(volume, mount, path, account);
    case "persistentVolumeClaim":
      return claimMount(volume, mount, path, account);
    default:
      // The support table rejects every other kind.
      return undefined;
  }
}

function hostPathMount({ source }: ReferenceVolume, mount: ResolvedMount): ReferenceMount {
  const from = below(String(source["path"]), mount.subPath);
  return { type: "bind", text: `${from}:${mount.mountPath}${mount.readOnly ? ":ro" : ""}` };
}

/** Docker's local volume driver mounts NFS itself; the volume is found again by its name. */
function nfsMount(
  { source }: ReferenceVolume,
  mount: ResolvedMount,
  path: string,
  account: FieldAccount,
): ReferenceMount {
  const { server, path: exported } = source as { readonly server: string; readonly path: string };
  if (mount.subPath) account.reject(`${path}.subPath`, "NFS is mounted whole: put the folder into nfs.path");
  const readOnly = mount.readOnly || source["readOnly"] === true;
  return {
    type: "mount",
    mount: {
      type: "volume",
      target: mount.mountPath,
      source: `vk-nfs-${server}${exported}`.replace(/[^a-zA-Z0-9_.-]/g, "_"),
      readonly: readOnly,
      volume_options: {
        no_copy: true,
        driver_config: {
          name: "local",
          options: [{ type: "nfs", o: `addr=${server}${readOnly ? ",ro" : ""}`, device: `:${exported}` }],
        },
      },
    },
  };
}

function claimMount(
  volume: ReferenceVolume,
  mount: ResolvedMount,
  path: string,
  account: FieldAccount,
): ReferenceMount {
  if (mount.subPath) account.reject(`${path}.subPath`, "Nomad mounts a registered volume whole: remove it");
  return {
    type: "registered",
    mount: {
      Volume: volume.name,
      Destination: mount.mountPath,
      ReadOnly: mount.readOnly || volume.source["readOnly"] === true,
      PropagationMode: "private",
    },
  };
}

function below(folder: string, subPath: string | undefined): string {
  return subPath ? `${folder.replace(/\/+$/, "")}/${subPath}` : folder;
}
