import { fileSystemSchema } from "@vkubelet/aws";
import { optionsError } from "@vkubelet/core";
import { z } from "zod";
import type { FargateTranslateOptions } from "./translate/options.ts";

/** Everything that {@link createFargateProvider} needs to know. */
export interface FargateOptions extends FargateTranslateOptions {
  /** Base URL of an emulator or VPC endpoint for all services; absent: AWS itself. */
  readonly endpoint?: string | undefined;
  /**
   * What the virtual node offers; Fargate itself has no end but the account's quotas. Defaults to 100 cores, 400 GiB,
   * 100 pods.
   */
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  /** Added to the labels of the node. */
  readonly nodeLabels?: Readonly<Record<string, string>> | undefined;
  /** How often the host lists the tasks, in milliseconds. Defaults to 5,000. */
  readonly pollIntervalMs?: number | undefined;
  /** How long a started task may be missing from listings, in milliseconds. Defaults to 120,000. */
  readonly absenceGraceMs?: number | undefined;
}

const text = z.string().min(1);

const shape = z.strictObject({
  nodeName: text,
  region: text,
  cluster: text,
  subnets: z.array(text).min(1).max(16),
  securityGroups: z.array(text).max(5).optional(),
  assignPublicIp: z.boolean().optional(),
  executionRoleArn: text.optional(),
  taskRoleArn: text.optional(),
  platformVersion: text.optional(),
  architecture: z.enum(["amd64", "arm64"]).optional(),
  capacityProvider: z.enum(["FARGATE", "FARGATE_SPOT"]).optional(),
  logs: z
    .strictObject({ group: text, streamPrefix: text.optional(), createGroup: z.boolean().optional() })
    .optional(),
  secrets: z.enum(["reject", "plain"]).optional(),
  secretArns: z.record(text, text.startsWith("arn:")).optional(),
  fileSystems: z.record(text, fileSystemSchema).optional(),
  writerImage: text.optional(),
  sentinelImage: text.optional(),
  registryCredentials: z.record(text, text).optional(),
  tags: z.record(text.max(128), z.string().max(256)).optional(),
  endpoint: z.url().optional(),
  capacity: z.record(text, text).optional(),
  nodeLabels: z.record(text, z.string()).optional(),
  pollIntervalMs: z.int().positive().optional(),
  absenceGraceMs: z.int().positive().optional(),
}) satisfies z.ZodType<FargateOptions>;

/** AWS reads and writes all of this with the execution role (ECS developer guide, "Task execution IAM role"). */
const schema = shape.superRefine((options, context) => {
  if (options.executionRoleArn !== undefined) return;
  for (const option of ["logs", "secretArns", "registryCredentials"] as const) {
    if (options[option] === undefined) continue;
    context.addIssue({ code: "custom", path: ["executionRoleArn"], message: `is needed for ${option}` });
  }
});

/** Checks options of unknown origin (YAML, JSON). Throws `InvalidInput` that names every wrong option. */
export function parseFargateOptions(value: unknown): FargateOptions {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw optionsError("fargate", result.error.issues);
}
