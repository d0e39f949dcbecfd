/**
 * `value` without what the API server writes out although it is not set, at any depth: null members (times such as
 * `terminated.startedAt`, `lastProbeTime`) and empty structs (`lastState: {}`). Answers `value` itself when there is
 * nothing to leave out.
 */
export function withoutUnset<T>(value: T): T {
  if (typeof value !== "object" || value === null || isFullySet(value)) return value;
  if (Array.isArray(value)) return value.map(withoutUnset) as T;
  const kept: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const cleaned: unknown = withoutUnset(member);
    if (!isUnset(cleaned)) kept[key] = cleaned;
  }
  return kept as T;
}

/** Deep equality of JSON values but for what {@link withoutUnset} leaves out; builds neither. */
export function isSameButForUnset(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return isEmpty(left) && isEmpty(right);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSameItem(item, right[index]));
  }
  return hasMembersOf(left, right) && hasOnlyMembersOf(right, left);
}

type Struct = Readonly<Record<string, unknown>>;

/** Items are there whatever they are. */
function isSameItem(left: unknown, right: unknown): boolean {
  return left === right || (left !== null && right !== null && isSameButForUnset(left, right));
}

function hasMembersOf(left: object, right: object): boolean {
  for (const key in left) {
    const other = Object.hasOwn(right, key) ? (right as Struct)[key] : undefined;
    if (!isSameButForUnset((left as Struct)[key], other)) return false;
  }
  return true;
}

/** Whether `left` has nothing that `right` has not; what both have was compared. */
function hasOnlyMembersOf(left: object, right: object): boolean {
  for (const key in left) {
    if (!Object.hasOwn(right, key) && !isEmpty((left as Struct)[key])) return false;
  }
  return true;
}

/** Whether nothing is left of a member but what is unset. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  for (const key in value) if (!isEmpty((value as Struct)[key])) return false;
  return true;
}

function isUnset(value: unknown): boolean {
  if (typeof value !== "object") return value === undefined;
  if (value === null) return true;
  if (Array.isArray(value)) return false;
  for (const _ in value) return false;
  return true;
}

function isFullySet(value: object): boolean {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item !== "object" || item === null || isFullySet(item));
  }
  for (const key in value) {
    const member = (value as Struct)[key];
    if (isUnset(member)) return false;
    if (typeof member === "object" && member !== null && !isFullySet(member)) return false;
  }
  return true;
}
