/**
 * `value` without what the API server writes out although it is not set, at any depth: null members (times such as
 * `terminated.startedAt`, `lastProbeTime`) and empty structs (`lastState: {}`). Answers `value` itself when there is
 * nothing to leave out.
 */
export function withoutUnset<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutUnset(item));
    return (items.some((item, index) => item !== value[index]) ? items : value) as T;
  }
  let changed = false;
  const entries: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const kept = withoutUnset(member);
    changed ||= kept !== member;
    if (kept === null || kept === undefined || isEmptyStruct(kept)) changed = true;
    else entries.push([key, kept]);
  }
  return changed ? (Object.fromEntries(entries) as T) : value;
}

function isEmptyStruct(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}
