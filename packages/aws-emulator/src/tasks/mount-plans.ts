import { z } from "zod";
import { clientException } from "../service-error.ts";
import type { MountPlan } from "./container-plan.ts";

const text = z.string();

/** `mountPoints`, alike in ECS and Batch. */
export const mountPoints = z.array(
  z.object({
    sourceVolume: text,
    containerPath: text.startsWith("/"),
    readOnly: z.boolean().optional(),
  }),
);

/** API reference, EFSVolumeConfiguration, alike in ECS and Batch. */
const efsVolumeConfiguration = z.strictObject({
  fileSystemId: text.regex(/^fs-[0-9a-f]+$/),
  rootDirectory: text.startsWith("/").optional(),
  transitEncryption: z.enum(["ENABLED", "DISABLED"]).optional(),
  transitEncryptionPort: z.int().min(0).max(65_535).optional(),
  authorizationConfig: z
    .strictObject({
      accessPointId: text.regex(/^fsap-[0-9a-f]+$/).optional(),
      iam: z.enum(["ENABLED", "DISABLED"]).optional(),
    })
    .optional(),
});

/** `volumes`, alike in ECS and Batch. */
export const volumes = z.array(
  z.looseObject({
    name: text.regex(/^[a-zA-Z0-9_-]{1,255}$/).optional(),
    efsVolumeConfiguration: efsVolumeConfiguration.optional(),
  }),
);

/** API reference, Tmpfs, alike in ECS and Batch: MiB, and the options of mount. */
export const tmpfs = z.array(
  z.object({
    containerPath: text.startsWith("/"),
    size: z.int().positive(),
    mountOptions: z
      .array(
        text.regex(
          /^(defaults|r[ow]|(no)?(suid|dev|exec|atime|diratime|mand)|a?sync|dirsync|remount|r?bind|r?(private|shared|slave)|(run|un)bindable|(no)?(relatime|strictatime)|mode|uid|gid|nr_inodes|nr_blocks|mpol)$/,
        ),
      )
      .optional(),
  }),
);

type Volumes = z.output<typeof volumes>;

/** Refuses what both services refuse of an EFS volume. */
export function checkFileSystems(written: Volumes, hasTaskRole: boolean): void {
  for (const { efsVolumeConfiguration: efs } of written) {
    if (!efs) continue;
    const { accessPointId, iam } = efs.authorizationConfig ?? {};
    const encrypted = efs.transitEncryption === "ENABLED";
    if ((accessPointId || iam === "ENABLED") && !encrypted) {
      throw clientException(
        "EFS Authorization Config and IAM need transitEncryption to be ENABLED for the volume.",
      );
    }
    if (accessPointId && (efs.rootDirectory ?? "/") !== "/") {
      throw clientException("rootDirectory must be / or absent where an access point is given.");
    }
    if (iam === "ENABLED" && !hasTaskRole) {
      throw clientException("EFS IAM authorization needs a task role.");
    }
  }
}

/** Where a container's mounts come from. A tmpfs is a directory of the container's own, of no limited size. */
export function mountPlans(
  container: string,
  points: z.output<typeof mountPoints> = [],
  written: Volumes = [],
  memory: z.output<typeof tmpfs> = [],
): readonly MountPlan[] {
  return [
    ...points.map(({ sourceVolume, containerPath, readOnly }): MountPlan => {
      const efs = written.find(({ name }) => name === sourceVolume)?.efsVolumeConfiguration;
      return {
        volume: sourceVolume,
        path: containerPath,
        readOnly: readOnly ?? false,
        ...(efs
          ? {
              fileSystem: {
                id: efs.fileSystemId,
                accessPoint: efs.authorizationConfig?.accessPointId,
                directory: efs.rootDirectory ?? "/",
              },
            }
          : {}),
      };
    }),
    ...memory.map(({ containerPath, mountOptions }, index) => ({
      volume: `tmpfs/${container}/${index}`,
      path: containerPath,
      readOnly: mountOptions?.includes("ro") ?? false,
    })),
  ];
}
