import { ProviderError } from "@vkubelet/core";

/** One step of a rule's path. */
export type PathStep =
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "element" }
  | { readonly type: "anyKey" };

/**
 * Splits a rule's path (`spec.containers[].resources.limits["nvidia.com/gpu"]`) into steps.
 * Throws `Internal` for text that is no such path: a rule that can never match must not pass unseen.
 */
export function parsePath(path: string): readonly PathStep[] {
  const steps: PathStep[] = [];
  let position = 0;
  while (position < path.length) {
    if (path.startsWith("[]", position)) {
      steps.push({ type: "element" });
      position += 2;
    } else if (path.startsWith("{}", position)) {
      steps.push({ type: "anyKey" });
      position += 2;
    } else if (path.startsWith('["', position)) {
      const end = path.indexOf('"]', position + 2);
      if (end < 0) throw malformed(path);
      steps.push({ type: "name", name: path.slice(position + 2, end) });
      position = end + 2;
    } else {
      const start = steps.length === 0 ? position : position + 1;
      if (steps.length > 0 && path[position] !== ".") throw malformed(path);
      position = endOfName(path, start);
      if (position === start) throw malformed(path);
      steps.push({ type: "name", name: path.slice(start, position) });
    }
  }
  if (steps.length === 0) throw malformed(path);
  return steps;
}

/** `path` with one more key: `.key` where that reads well, else `["key"]`. */
export function joinKey(path: string, key: string): string {
  return isPlainKey(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function endOfName(path: string, start: number): number {
  let end = start;
  while (end < path.length && !".[]{}".includes(path.charAt(end))) end++;
  return end;
}

/** Letters, digits, `-` and `_`: what stands in a path without quotes. */
function isPlainKey(key: string): boolean {
  if (key === "") return false;
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    const digit = code >= 48 && code <= 57;
    if (!letter && !digit && code !== 45 && code !== 95) return false;
  }
  return true;
}

function malformed(path: string): ProviderError {
  return new ProviderError("Internal", `support table is wrong: "${path}" is no path of a field`);
}
