import type { ResolvedPod, ResolvedVolume } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/** An EFS file system as an option names it for a claim. */
export interface FileSystem {
  readonly fileSystemId: string;
  /** Fixes the directory that is mounted, and the user. */
  readonly accessPointId?: string | undefined;
  /** Directory to mount; not with an access point. Defaults to `/`. */
  readonly rootDirectory?: string | undefined;
  /** Whether the file system checks the role of the programs. Defaults to false. */
  readonly iam?: boolean | undefined;
}

/** A claim (`NAMESPACE/CLAIM`) to the file system that stands behind it. */
export type FileSystems = Readonly<Record<string, FileSystem>>;

/** `efsVolumeConfiguration`, which ECS and Batch write alike. Data is always encrypted on its way. */
export interface EfsVolume {
  readonly fileSystemId: string;
  readonly rootDirectory?: string;
  readonly transitEncryption: "ENABLED";
  readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: "ENABLED" };
}

/** What decides about file systems. */
export interface FileSystemOptions {
  readonly region: string;
  readonly fileSystems?: FileSystems | undefined;
  /** Whether the programs have a role. */
  readonly hasTaskRole: boolean;
}

type Reference = Extract<ResolvedVolume, { readonly type: "reference" }>;

/** EFS user guide, "Mounting on Amazon EC2 with a DNS name": the zone in front is optional. */
const efsHost = /^(?:[a-z0-9-]+\.)?(fs-[0-9a-f]{8,40})\.efs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** The file system behind a volume; undefined, with an issue, when there is none. */
export function fileSystemOf(
  pod: ResolvedPod,
  volume: Reference,
  path: string,
  options: FileSystemOptions,
  account: FieldAccount,
): FileSystem | undefined {
  if (volume.kind === "nfs") return ofServer(volume, path, options.region, account);
  const claim = `${pod.ref.namespace}/${String(volume.source["claimName"])}`;
  const found = options.fileSystems?.[claim];
  if (found === undefined) {
    account.reject(
      `${path}.persistentVolumeClaim`,
      `no file system is known for it: name the EFS file system of ${claim} in the option fileSystems`,
    );
    return undefined;
  }
  if (found.iam && !options.hasTaskRole) {
    account.reject(
      `${path}.persistentVolumeClaim`,
      "its file system checks the role of the programs, and the options name none",
    );
  }
  return found;
}

function ofServer(
  { source }: Reference,
  path: string,
  region: string,
  account: FieldAccount,
): FileSystem | undefined {
  const [, fileSystemId, home] = efsHost.exec(String(source["server"])) ?? [];
  if (fileSystemId === undefined) {
    account.reject(
      `${path}.nfs.server`,
      "only EFS can be mounted here: use fs-….efs.REGION.amazonaws.com, or the program's own NFS client",
    );
    return undefined;
  }
  if (home !== region) {
    account.reject(`${path}.nfs.server`, `the file system is in ${home}, and the node is in ${region}`);
    return undefined;
  }
  const rootDirectory = source["path"];
  return { fileSystemId, ...(typeof rootDirectory === "string" ? { rootDirectory } : {}) };
}

/** The configuration that mounts a file system, or a directory below its root. */
export function efsVolume(
  { fileSystemId, accessPointId, rootDirectory, iam }: FileSystem,
  below = "",
): EfsVolume {
  const root = `${rootDirectory ?? ""}/${below}`.replace(/\/+/g, "/").replace(/\/$/, "");
  const authorization = {
    ...(accessPointId ? { accessPointId } : {}),
    ...(iam ? { iam: "ENABLED" as const } : {}),
  };
  return {
    fileSystemId,
    ...(root === "" ? {} : { rootDirectory: root }),
    transitEncryption: "ENABLED",
    ...(Object.keys(authorization).length > 0 ? { authorizationConfig: authorization } : {}),
  };
}
