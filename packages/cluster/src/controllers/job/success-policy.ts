import type { Json, KubeObject } from "../../api/objects.ts";
import { parseIndexes } from "./indexes.ts";

/** Why a Job's success policy takes it for successful with these indexes done; undefined when it does not yet. */
export function metSuccessPolicy(job: KubeObject, succeeded: ReadonlySet<number>): string | undefined {
  if (succeeded.size === 0) return undefined;
  const met = (job.spec.successPolicy?.rules ?? []).findIndex((rule: Json) => {
    if (rule.succeededIndexes === undefined) return succeeded.size >= (rule.succeededCount ?? Infinity);
    const wanted = parseIndexes(rule.succeededIndexes, job.spec.completions);
    const done = [...wanted].filter((index) => succeeded.has(index)).length;
    return wanted.size > 0 && (done === wanted.size || done >= (rule.succeededCount ?? Infinity));
  });
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}
