import { z } from "zod";
import type { ServiceError } from "./service-error.ts";

/** Checks the shape of a request; `refuse` makes the service's own error out of the text. */
export function readInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  refuse: (message: string) => ServiceError,
): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const text = result.error.issues
    .map(({ path, message }) => `${path.join(".") || "request"}: ${message}`)
    .join("; ");
  throw refuse(text);
}

/** `[{ name, value }]` as ECS and Batch write environments. */
export const nameValues = z.array(z.object({ name: z.string(), value: z.string().optional() }));

/** `secrets` of a container as ECS and Batch write them. */
export const secrets = z.array(z.object({ name: z.string().min(1), valueFrom: z.string().min(1) }));

/** ECS tags (API reference, Tag): key of 1 to 128 and value of up to 256 characters, 50 at most. */
export const ecsTags = z
  .array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256).optional() }))
  .max(50);

/** Batch tags (API reference, TagResource): the same bounds as a map. */
export const batchTags = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 50, "at most 50 tags");
