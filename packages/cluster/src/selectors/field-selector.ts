import { badRequest } from "../api/status-error.ts";

/** One condition on a selectable field. */
export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Parses `a=b,c!=d`; a backslash escapes `,`, `=` and itself. @throws StatusError 400 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text.trim() === "") return [];
  const parts = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  return parts.map((part) => {
    const match = /^\s*([A-Za-z0-9_./-]+)\s*(!=|==|=)(.*)$/.exec(part);
    if (!match) {
      const shown = JSON.stringify(text.slice(0, 200));
      throw badRequest(`invalid selector: ${shown}; can't understand ${JSON.stringify(part.slice(0, 200))}`);
    }
    const [, field = "", operator, value = ""] = match;
    return { field, equal: operator !== "!=", value: value.trim().replace(/\\(.)/g, "$1") };
  });
}

/** True when the object's selectable fields satisfy every requirement. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, equal, value }) => (fields[field] === value) === equal);
}

/** @throws StatusError 400 when a field cannot be selected for this resource. */
export function checkFieldLabels(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): void {
  for (const { field } of requirements) {
    if (!Object.hasOwn(fields, field)) throw badRequest(`field label not supported: ${field}`);
  }
}
