import type { Pod } from "@vkubelet/core";

type Json = Readonly<Record<string, unknown>>;

/** `pod` without what stands at `path` (`spec.containers[].ports[].name`), in every element that it leads through. */
export function withoutField(pod: Pod, path: string): Pod {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  return without(pod as Json, steps) as Pod;
}

function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || step === undefined) return value;
  if (Array.isArray(value)) {
    return rest.length === 0 ? [] : value.map((element) => without(element, rest));
  }
  if (step === "{}") {
    const entries = Object.entries(value).map(([key, inner]) => [key, without(inner, rest)] as const);
    return rest.length === 0 ? {} : Object.fromEntries(entries);
  }
  const { [step]: inner, ...others } = value as Json;
  if (inner === undefined) return value;
  return rest.length === 0 ? others : { ...others, [step]: without(inner, rest) };
}
