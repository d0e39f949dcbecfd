import type { SupportRule } from "@vkubelet/pod";
import { podWith, type SchemaPath, valuesAt } from "@vkubelet/pod/schema";

/** For which values a conditional rule holds, as far as values can be listed; undefined for none of them. */
export function conditionText(rule: SupportRule, schema: SchemaPath | undefined): string | undefined {
  const { when } = rule;
  if (when === undefined) return "";
  const candidates = schema === undefined ? [] : candidatesOf(schema);
  const pod = schema === undefined ? { spec: { containers: [] } } : podWith(schema.path);
  if (candidates.length === 0) return "for some values";
  const held = candidates.filter((value) => when(value, pod));
  const shown = (values: readonly unknown[]) =>
    values.map((value) => `\`${String(value) || '""'}\``).join(", ");
  const isListed = schema?.type.kind === "enum" || schema?.type.kind === "boolean";
  if (!isListed) return "for some values";
  if (held.length === 0) return undefined;
  const others = candidates.filter((value) => !held.includes(value));
  return held.length > others.length && others.length > 0 ? `but for ${shown(others)}` : `for ${shown(held)}`;
}

function candidatesOf({ type, path }: SchemaPath): readonly unknown[] {
  if (type.kind === "boolean") return [true, false];
  if (type.kind === "enum") return type.values;
  return valuesAt(podWith(path).spec, path);
}
