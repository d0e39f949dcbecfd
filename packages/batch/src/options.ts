import { fileSystemSchema } from "@vkubelet/aws";
import { optionsError } from "@vkubelet/core";
import { z } from "zod";
import type { BatchTranslateOptions } from "./translate/options.ts";

/** Everything that {@link createBatchProvider} needs to know. */
export interface BatchOptions extends BatchTranslateOptions {
  /** Base URL of an emulator or VPC endpoint for all services; absent: AWS itself. */
  readonly endpoint?: string | undefined;
  /**
   * What the virtual node offers. By default CPU is the most to which the queue's compute environments may grow, memory
   * 8 GiB a core, and there are 1,000 pods.
   */
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  /** Added to the labels of the node. */
  readonly nodeLabels?: Readonly<Record<string, string>> | undefined;
  /** How often the host lists the jobs, in milliseconds. Defaults to 10,000. */
  readonly pollIntervalMs?: number | undefined;
  /** How long a submitted job may be missing from listings, in milliseconds. Defaults to 120,000. */
  readonly absenceGraceMs?: number | undefined;
}

const text = z.string().min(1);

const shape = z.strictObject({
  nodeName: text,
  region: text,
  jobQueue: text,
  platform: z.enum(["FARGATE", "EC2"]).optional(),
  executionRoleArn: text.optional(),
  jobRoleArn: text.optional(),
  assignPublicIp: z.boolean().optional(),
  platformVersion: text.optional(),
  architecture: z.enum(["amd64", "arm64"]).optional(),
  logs: z.strictObject({ group: text, streamPrefix: text.optional() }).optional(),
  secrets: z.enum(["reject", "plain"]).optional(),
  secretArns: z.record(text, text.startsWith("arn:")).optional(),
  fileSystems: z.record(text, fileSystemSchema).optional(),
  entryPoint: z.enum(["reject", "assume-none"]).optional(),
  writerImage: text.optional(),
  sentinelImage: text.optional(),
  registryCredentials: z.record(text, text).optional(),
  shareIdentifier: text.optional(),
  tags: z.record(text.max(128), z.string().max(256)).optional(),
  endpoint: z.url().optional(),
  capacity: z.record(text, text).optional(),
  nodeLabels: z.record(text, z.string()).optional(),
  pollIntervalMs: z.int().positive().optional(),
  absenceGraceMs: z.int().positive().optional(),
}) satisfies z.ZodType<BatchOptions>;

/** AWS reads all of this with the execution role (Batch user guide, "Batch execution IAM role"). */
const schema = shape.superRefine((options, context) => {
  if (options.executionRoleArn !== undefined) return;
  for (const option of ["secretArns", "registryCredentials"] as const) {
    if (options[option] === undefined) continue;
    context.addIssue({ code: "custom", path: ["executionRoleArn"], message: `is needed for ${option}` });
  }
});

/** Checks options of unknown origin (YAML, JSON). Throws `InvalidInput` that names every wrong option. */
export function parseBatchOptions(value: unknown): BatchOptions {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw optionsError("batch", result.error.issues);
}
