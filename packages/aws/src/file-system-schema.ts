import { z } from "zod";
import type { FileSystem } from "./elastic-file-system.ts";

const text = z.string().min(1);

/** Checks a {@link FileSystem} of unknown origin. */
export const fileSystemSchema: z.ZodType<FileSystem> = z
  .strictObject({
    fileSystemId: text.regex(/^fs-[0-9a-f]+$/),
    accessPointId: text.regex(/^fsap-[0-9a-f]+$/).optional(),
    rootDirectory: text.startsWith("/").optional(),
    iam: z.boolean().optional(),
  })
  .refine(
    ({ accessPointId, rootDirectory }) => accessPointId === undefined || rootDirectory === undefined,
    "an access point fixes the directory: name one of accessPointId and rootDirectory",
  );
