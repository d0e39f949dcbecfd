import { type Json, jsonEqual } from "../api/objects.ts";
import type { Schema, Schemas } from "../openapi/schemas.ts";
import { type Conflict, conflictError } from "./conflicts.ts";
import { mergeFields, removeFields } from "./field-merge.ts";
import { emptySet, type FieldSet, FieldSetBuilder } from "./field-set.ts";
import { compareFields, fieldsOf, withNamedFields } from "./field-sets-of.ts";
import { identityOf, type Manager, type Managers, type Ownership, withFewUpdaters } from "./managers.ts";

/** What ownership is worked out by: the schemas, and the one of the object at hand. */
export interface ObjectSchema {
  readonly schemas: Schemas;
  readonly schema: Schema;
}

/** Fields that nobody owns: those that say which object it is, and those that the server writes. */
const ownerless = setOf(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "uid", "generation", "managedFields", "resourceVersion"].map(
    (name) => ["f:metadata", `f:${name}`],
  ),
);

/** The status belongs to those who write the subresource. */
const statusSet = setOf(["f:status"]);

function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

/** Subresources that are about the status. */
const ofStatus: ReadonlySet<string | undefined> = new Set(["status", "approval"]);

/** What a writer can own: through the object itself not its status, through the status nothing but that and metadata. */
function ownable(fields: FieldSet, subresource: string | undefined, hasStatus: boolean): FieldSet {
  if (ofStatus.has(subresource)) return fields.withoutBranches(setOf(["f:spec"]));
  return hasStatus ? fields.withoutBranches(statusSet) : fields;
}

function withFields(managers: Map<string, Ownership>, owner: Ownership, fields: FieldSet): void {
  const identity = identityOf(owner);
  if (fields.isEmpty) managers.delete(identity);
  else managers.set(identity, { ...owner, fields });
}

/** A write other than an apply, as its owner's entry. */
export interface UpdateNote {
  readonly manager: Manager;
  readonly time: string;
  readonly hasStatus: boolean;
}

/** The managers after an update, which takes what it changes from everybody. */
export function managersAfterUpdate(
  { schemas, schema }: ObjectSchema,
  before: Json,
  after: Json,
  managers: Managers,
  { manager, time, hasStatus }: UpdateNote,
): Managers {
  const { added, modified, removed } = compareFields(schemas, schema, before, after);
  const only = (fields: FieldSet) => ownable(fields, manager.subresource, hasStatus);
  const taken = only(added.union(modified));
  const gone = only(removed);
  const next = new Map<string, Ownership>();
  for (const owner of managers.values())
    withFields(next, owner, owner.fields.difference(taken).difference(gone));
  const own = next.get(identityOf(manager))?.fields ?? emptySet;
  const news = taken.difference(ownerless);
  if (!news.isEmpty) withFields(next, { ...manager, time, fields: news }, own.union(news));
  return withFewUpdaters(next);
}

/** What an apply asks for. */
export interface ApplyRequest {
  readonly manager: Manager;
  readonly time: string;
  readonly force: boolean;
  readonly hasStatus: boolean;
  /** What others give up without a conflict. */
  readonly conceded: FieldSet;
}

/** The object that an apply leads to, and who owns what then. */
export interface Applied {
  readonly object: Json;
  readonly managers: Managers;
}

/**
 * Merges an applied configuration into the live object. Fields that the manager applied before and does not apply any
 * more go, unless somebody else owns them.
 * @throws StatusError 409 (others own fields that would change, and it is not forced)
 */
export function applyFields(
  target: ObjectSchema,
  live: Json,
  configuration: Json,
  managers: Managers,
  request: ApplyRequest,
): Applied {
  const { manager, time, hasStatus } = request;
  const { schemas, schema } = target;
  const merged = mergeFields(schemas, schema, live, configuration);
  const identity = identityOf(manager);
  const last = managers.get(identity);
  const set = ownable(fieldsOf(schemas, schema, configuration), manager.subresource, hasStatus);
  const mine: Ownership = { ...manager, ...(last?.time ? { time: last.time } : {}), fields: set };
  const claimed = new Map(managers).set(identity, mine);
  const object = last ? prune(target, merged, claimed, last.fields) : merged;
  const next = takeFields(target, live, object, claimed, request);
  const changed = !jsonEqual(object, live);
  withFields(next, { ...mine, ...(changed ? { time } : {}) }, set.difference(ownerless));
  return { object, managers: next };
}

/** Takes what an apply changes from the others. @throws StatusError 409 */
function takeFields(
  { schemas, schema }: ObjectSchema,
  live: Json,
  object: Json,
  managers: Managers,
  { manager, force, hasStatus, conceded }: ApplyRequest,
): Map<string, Ownership> {
  const identity = identityOf(manager);
  const { added, modified, removed } = compareFields(schemas, schema, live, object);
  const taken = ownable(added.union(modified), manager.subresource, hasStatus);
  const gone = ownable(removed, manager.subresource, hasStatus);
  const next = new Map<string, Ownership>();
  const conflicts: Conflict[] = [];
  for (const [key, owner] of managers) {
    if (key === identity) continue;
    const disputed = owner.fields.intersection(taken).difference(conceded);
    if (!disputed.isEmpty) conflicts.push({ owner, fields: disputed });
    withFields(next, owner, owner.fields.difference(taken).difference(gone));
  }
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  return next;
}

/** The merged object without what the manager applied last time and nobody owns now. */
function prune({ schemas, schema }: ObjectSchema, merged: Json, managers: Managers, last: FieldSet): Json {
  const named = (set: FieldSet) => withNamedFields(schemas, schema, set);
  const setOfObject = (object: Json) => named(fieldsOf(schemas, schema, object));
  const owned = [...managers.values()].reduce((all, { fields }) => all.union(fields), emptySet);
  const everything = setOfObject(merged);
  const bare = removeFields(schemas, schema, merged, named(last));
  const kept = setOfObject(bare).union(named(owned));
  const withOwned = removeFields(schemas, schema, merged, everything.difference(kept));
  const gone = everything.difference(setOfObject(withOwned)).intersection(named(last));
  return removeFields(schemas, schema, merged, gone);
}
