import { joinKey } from "../audit/field-path.ts";
import type { SourceNode } from "./source-node.ts";

/** Above so many values, repeated ones may make up no more than a share of them, which shrinks (as in the YAML reader of kubectl). */
const freeRepetitions = 100;
const freeValues = 1000;
const lowerBound = 400_000;
const upperBound = 4_000_000;

/** What is said of a document that repeats itself by aliases beyond measure. */
export const excessiveAliasingMessage = "repeats itself by aliases beyond measure";

/**
 * The JSON value of a document, or undefined where its aliases repeat too much of it: the rule and its bounds are those
 * of kubectl's reader, so that a document of a few lines never grows into gigabytes. No key `__proto__` gets in.
 */
export function jsonValueOf(root: SourceNode): { readonly value: unknown } | undefined {
  const seen = new Set<SourceNode>();
  let total = 0;
  let repeated = 0;
  const excessive = () =>
    repeated > freeRepetitions && total > freeValues && repeated / total > allowedShare(total);
  const build = (node: SourceNode, inRepeated: boolean): unknown => {
    const again = inRepeated || (seen.has(node) && node.kind !== "scalar");
    seen.add(node);
    total += 1;
    if (again) repeated += 1;
    if (excessive()) return undefined;
    if (node.kind === "scalar") return node.value;
    if (node.kind === "list") return collect(node.items, (item) => build(item, again), excessive);
    const object: Record<string, unknown> = {};
    for (const { key, value } of node.entries) {
      if (excessive()) break;
      object[key] = build(value, again);
    }
    return object;
  };
  const value = build(root, false);
  return excessive() ? undefined : { value };
}

/** Where each path of a document stands: `spec.containers[0].image` → offset of its key, or of the entry of a list. */
export function offsetsOf(root: SourceNode): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const visit = (node: SourceNode, path: string): void => {
    if (node.kind === "list") {
      for (const [index, item] of node.items.entries()) {
        offsets.set(`${path}[${index}]`, item.offset);
        visit(item, `${path}[${index}]`);
      }
    } else if (node.kind === "map") {
      for (const { key, offset, value } of node.entries) {
        offsets.set(childPath(path, key), offset);
        visit(value, childPath(path, key));
      }
    }
  };
  visit(root, "");
  return offsets;
}

/** The path of a key below `path`; the root's path is empty. */
export function childPath(path: string, key: string): string {
  const joined = joinKey(path, key);
  return path === "" && joined.startsWith(".") ? joined.slice(1) : joined;
}

function collect<T>(items: readonly T[], build: (item: T) => unknown, stop: () => boolean): unknown[] {
  const built: unknown[] = [];
  for (const item of items) {
    if (stop()) break;
    built.push(build(item));
  }
  return built;
}

function allowedShare(total: number): number {
  if (total <= lowerBound) return 0.99;
  if (total >= upperBound) return 0.1;
  return 0.99 - 0.89 * ((total - lowerBound) / (upperBound - lowerBound));
}
