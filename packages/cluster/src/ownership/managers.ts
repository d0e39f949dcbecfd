import type { Json } from "../api/objects.ts";
import { type FieldSet, fromFieldsV1 } from "./field-set.ts";

/** Who owns fields, and how he came to. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** A manager with what he owns. */
export interface Ownership extends Manager {
  readonly time?: string;
  readonly fields: FieldSet;
}

/** Managers by their identity. */
export type Managers = ReadonlyMap<string, Ownership>;

/** What makes two entries the same manager: for an applier the version does not count. */
export function identityOf({ name, operation, apiVersion, subresource = "" }: Manager): string {
  return JSON.stringify([operation, name, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Reads `metadata.managedFields`. */
export function decodeManagers(entries: Json): Managers {
  const managers = new Map<string, Ownership>();
  for (const { manager: name = "", operation, apiVersion = "", subresource, time, fieldsV1 } of entries ??
    []) {
    const ownership: Ownership = {
      name,
      operation,
      apiVersion,
      ...(subresource ? { subresource } : {}),
      ...(time ? { time } : {}),
      fields: fromFieldsV1(fieldsV1),
    };
    managers.set(identityOf(ownership), ownership);
  }
  return managers;
}

function byAge(left: Ownership, right: Ownership): number {
  const key = ({ operation, time = "", name, apiVersion, subresource = "" }: Ownership) =>
    [operation, time, name, apiVersion, subresource].join("\\n");
  return key(left) < key(right) ? -1 : 1;
}

/** The form of `metadata.managedFields`: appliers first, then by age. */
export function encodeManagers(managers: Managers): Json[] {
  return [...managers.values()]
    .sort(byAge)
    .map(({ name, operation, apiVersion, time, fields, subresource }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time ? { time } : {}),
      fieldsType: "FieldsV1",
      fieldsV1: fields.toFieldsV1(),
      ...(subresource ? { subresource } : {}),
    }));
}

/** A manager as conflicts name him. */
export function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const text = JSON.stringify(name) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : "");
  return operation === "Update" ? `${text} using ${apiVersion}` : text;
}

const mostUpdaters = 10;
const ancient = "ancient-changes";

/** At most ten managers of updates: the oldest become one, `ancient-changes`. */
export function withFewUpdaters(managers: Managers): Managers {
  const updaters = [...managers.values()].filter(({ operation }) => operation === "Update").sort(byAge);
  const surplus = updaters.length - mostUpdaters;
  if (surplus <= 0) return managers;
  const next = new Map(managers);
  for (const owner of updaters.slice(0, surplus + 1)) {
    next.delete(identityOf(owner));
    const { apiVersion, time, fields } = owner;
    const bucket: Manager = { name: ancient, operation: "Update", apiVersion };
    const known = next.get(identityOf(bucket));
    const all = known ? known.fields.union(fields) : fields;
    next.set(identityOf(bucket), { ...bucket, ...(time ? { time } : {}), fields: all });
  }
  return next;
}
