/** A JSON object that may still be changed: never anything that a caller handed over. */
export type Draft = Record<string, unknown>;

/** Whether this is a JSON object: no list, no null, no scalar. */
export function isObject(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that stands in a field, or undefined where there is none. */
export function objectIn(owner: Draft | undefined, name: string): Draft | undefined {
  const value = owner?.[name];
  return isObject(value) ? value : undefined;
}

/** The objects of the list that stands in a field; anything else in it is passed over. */
export function objectsIn(owner: Draft | undefined, name: string): Draft[] {
  const value = owner?.[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text that stands in a field; empty where there is none. */
export function textIn(owner: Draft | undefined, name: string): string {
  const value = owner?.[name];
  return typeof value === "string" ? value : "";
}

/** Sets a field that is absent or null: what Go knows as a nil pointer. */
export function fill(owner: Draft, name: string, value: unknown): void {
  owner[name] ??= value;
}

/** Sets a field that is absent, null, empty text or zero: what Go knows as the zero of a plain field. */
export function fillEmpty(owner: Draft, name: string, value: unknown): void {
  const present = owner[name];
  if (present === undefined || present === null || present === "" || present === 0) owner[name] = value;
}

/** The object of a field; an empty one is put there where it is absent or null, undefined where something else stands. */
export function objectMadeIn(owner: Draft, name: string): Draft | undefined {
  fill(owner, name, {});
  return objectIn(owner, name);
}

/** The elements of the list of a field; an empty list is put there where it is absent or null. */
export function listMadeIn(owner: Draft, name: string): unknown[] | undefined {
  fill(owner, name, []);
  const value = owner[name];
  return Array.isArray(value) ? value : undefined;
}
