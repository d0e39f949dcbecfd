import { clientException } from "../service-error.ts";
import type { Job } from "./job.ts";

/** A filter of ListJobs (API reference, ListJobs, filters): values are alternatives, `*` at the end is a prefix. */
export function jobFilter(name: string, values: readonly string[]): (job: Job) => boolean {
  switch (name) {
    case "JOB_NAME":
      // Not case-sensitive.
      return ({ parts }) =>
        values.some((value) => like(value.toLowerCase(), parts.request.jobName.toLowerCase()));
    case "JOB_DEFINITION":
      return ({ parts: { definition } }) =>
        values.some(
          (value) =>
            value === definition.arn ||
            like(value, definition.name) ||
            like(value, `${definition.name}:${definition.revision}`),
        );
    case "BEFORE_CREATED_AT":
      return ({ createdAt }) => values.some((value) => createdAt < milliseconds(value));
    case "AFTER_CREATED_AT":
      return ({ createdAt }) => values.some((value) => createdAt > milliseconds(value));
    case "SHARE_IDENTIFIER":
      // No queue of the emulator has shares.
      return () => false;
    default:
      throw clientException(`Unknown filter ${name}.`);
  }
}

function like(pattern: string, text: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

function milliseconds(text: string): number {
  if (!/^\d+$/.test(text)) throw clientException(`${text} is not a time in milliseconds.`);
  return Number(text);
}
