/**
 * `value` with every member that is null left out, at any depth; `value` itself when there is none. The API server
 * writes an unset time as null (`terminated.startedAt`, `lastProbeTime`), which means the same as its absence.
 */
export function withoutNulls<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item));
    return (items.some((item, index) => item !== value[index]) ? items : value) as T;
  }
  let changed = false;
  const entries = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (member === null) {
      changed = true;
      return [];
    }
    const kept = withoutNulls(member);
    changed ||= kept !== member;
    return [[key, kept]];
  });
  return changed ? (Object.fromEntries(entries) as T) : value;
}
