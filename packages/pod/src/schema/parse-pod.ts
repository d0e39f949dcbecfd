import type { FieldIssue, Pod } from "@vkubelet/core";
import { type CheckOptions, checkObject } from "./check-object.ts";

/** What {@link parsePod} makes of its input. */
export type ParsedPod =
  | { readonly type: "pod"; readonly pod: Pod }
  | { readonly type: "invalid"; readonly issues: readonly FieldIssue[] };

/**
 * JSON from anywhere as a pod: the very `value`, once {@link checkObject} has found nothing wrong with its form. Whether
 * it makes sense as a pod (names that are taken twice, mounts of no volume) is for the API server and `resolvePod`.
 * Never throws.
 */
export function parsePod(value: unknown, options: CheckOptions = {}): ParsedPod {
  const issues = checkObject(value, "Pod", "", options);
  return issues.length > 0 ? { type: "invalid", issues } : { type: "pod", pod: value as Pod };
}
