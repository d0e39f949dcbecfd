import { parsePath } from "../audit/field-path.ts";

/** All values that `value`, found at the first name of `path`, holds at the path of a rule. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const step of parsePath(path).slice(1)) {
    found = found.flatMap((at) => {
      if (typeof at !== "object" || at === null) return [];
      if (step.type !== "name") return Object.values(at);
      return Object.hasOwn(at, step.name) ? [(at as Readonly<Record<string, unknown>>)[step.name]] : [];
    });
  }
  return found;
}
