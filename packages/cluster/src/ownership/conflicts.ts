import { StatusError } from "../api/status-error.ts";
import { type FieldSet, pathText } from "./field-set.ts";
import { managerText, type Ownership } from "./managers.ts";

/** Fields that an apply would take from another manager. */
export interface Conflict {
  readonly owner: Ownership;
  readonly fields: FieldSet;
}

function summary(conflicts: readonly { readonly owner: string; readonly path: string }[]): string {
  const [only] = conflicts;
  if (only && conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${only.owner}: ${only.path}`;
  const owners = [...new Set(conflicts.map(({ owner }) => owner))];
  const lines = owners.flatMap((owner) => [
    `conflicts with ${owner}:`,
    ...conflicts.filter((conflict) => conflict.owner === owner).map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

/** The answer to an apply that would take fields from others: each of them by path and manager. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const all = conflicts
    .flatMap(({ owner, fields }) =>
      [...fields.paths()].map((steps) => ({ owner: managerText(owner), path: pathText(steps) })),
    )
    .sort((left, right) => (left.owner < right.owner ? -1 : left.owner > right.owner ? 1 : 0));
  const causes = all.map(({ owner, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${owner}`,
    field: path,
  }));
  return new StatusError(409, "Conflict", summary(all), { causes });
}
