import { formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import type { Schemas } from "../openapi/schemas.ts";
import { scaleOf } from "../registry/scale.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { applyFields, managersAfterUpdate, type ObjectSchema } from "./apply.ts";
import { emptySet, type FieldSet } from "./field-set.ts";
import { compareFields, fieldsOf } from "./field-sets-of.ts";
import { decodeManagers, encodeManagers, type Manager, type Managers } from "./managers.ts";
import { blankOf, OwnershipJournal } from "./ownership-journal.ts";
import { asScaleManager, scaleManagersOf, withScaleManagers } from "./scale-ownership.ts";

const lastAppliedKey = "kubectl.kubernetes.io/last-applied-configuration";
/** The manager that takes client-side applies over. */
const kubectl = "kubectl";

/** Who writes, and through what. */
export interface Writer {
  readonly manager: string;
  readonly subresource?: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The Scale that an apply leads to, and the `managedFields` of its workload. */
export interface AppliedScale {
  readonly scale: KubeObject;
  readonly managedFields: Json[];
}

/**
 * Keeps who owns the fields of objects. `metadata.managedFields` is written from the first server-side apply of an object
 * on; of what came before a journal knows.
 */
export class FieldOwnership {
  readonly #schemas: Schemas;
  readonly #journal = new OwnershipJournal();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /**
   * Notes a write of an object that was never applied.
   * @param written what the writer wrote, without what admission and allocation added
   */
  note(
    type: ResourceType,
    before: KubeObject | undefined,
    after: KubeObject,
    written: KubeObject,
    writer: Writer,
  ): void {
    const manager = managerOf(type, writer, "Update");
    const time = timeOf(writer);
    this.#journal.note(() => this.#target(type), before, after, written, manager, time, hasStatus(type));
  }

  /** The server itself led from one stored object to the next: what is known of its writers goes along. */
  carry(before: KubeObject, after: KubeObject): void {
    this.#journal.carry(before, after);
  }

  /**
   * `managedFields` after a write of an object that has been applied. The writer may correct them himself, and forgets
   * them all with an empty list.
   */
  afterUpdate(
    type: ResourceType,
    before: KubeObject,
    after: KubeObject,
    given: Json,
    writer: Writer,
  ): Json[] {
    if (isReset(given)) return [];
    const managers = decodeManagers(
      given?.length && !writer.subresource ? given : before.metadata.managedFields,
    );
    if (managers.size === 0) return [];
    const note = {
      manager: managerOf(type, writer, "Update"),
      time: timeOf(writer),
      hasStatus: hasStatus(type),
    };
    return encodeManagers(
      managersAfterUpdate(
        this.#target(type),
        withoutManagers(before),
        withoutManagers(after),
        managers,
        note,
      ),
    );
  }

  /** The object that an apply leads to, with its `managedFields`. @throws StatusError 409 */
  apply(
    type: ResourceType,
    live: KubeObject | undefined,
    configuration: KubeObject,
    writer: Writer,
    force: boolean,
  ): KubeObject {
    const target = this.#target(type);
    const request = {
      manager: managerOf(type, writer, "Apply"),
      time: timeOf(writer),
      force,
      hasStatus: hasStatus(type),
      conceded: live && writer.manager === kubectl ? this.#clientApplied(target, live) : emptySet,
    };
    const present = live ? withoutManagers(live) : {};
    const managers = live ? this.#managersOf(type, live) : new Map();
    const applied = applyFields(target, present, configuration, managers, request);
    const object: KubeObject = structuredClone(applied.object);
    if (live?.metadata.annotations?.[lastAppliedKey] && writer.manager === kubectl)
      setLastApplied(object, configuration);
    object.metadata.managedFields = encodeManagers(applied.managers);
    return object;
  }

  /** The Scale that an apply of it leads to, with the workload's `managedFields` then. @throws StatusError 409 */
  applyScale(
    type: ResourceType,
    live: KubeObject,
    configuration: KubeObject,
    writer: Writer,
    force: boolean,
  ): AppliedScale {
    const target = this.#targetOf("autoscaling", "v1", "Scale");
    const manager = asScaleManager(managerOf(type, writer, "Apply"));
    const present = scaleOf(live);
    const own = this.#managersOf(type, live);
    const known = scaleManagersOf(own);
    const managers = known.size > 0 ? known : this.#unknownManagers(target, present, manager);
    const request = { manager, time: "", force, hasStatus: true, conceded: emptySet };
    const applied = applyFields(target, present, configuration, managers, request);
    const next = withScaleManagers(own, applied.managers, apiVersionOf(type));
    return { scale: structuredClone(applied.object), managedFields: encodeManagers(next) };
  }

  /** Somebody owns what is there, though nobody knows who. */
  #unknownManagers(target: ObjectSchema, live: KubeObject, { apiVersion, subresource }: Manager): Managers {
    const manager: Manager = {
      name: "before-first-apply",
      operation: "Update",
      apiVersion,
      ...(subresource ? { subresource } : {}),
    };
    const note = { manager, time: "", hasStatus: true };
    return managersAfterUpdate(target, { metadata: {}, spec: {}, status: {} }, live, new Map(), note);
  }

  #managersOf(type: ResourceType, live: KubeObject): Managers {
    const known = live.metadata.managedFields?.length
      ? decodeManagers(live.metadata.managedFields)
      : this.#journal.read(this.#target(type), live, hasStatus(type));
    if (known && known.size > 0) return known;
    const manager: Manager = {
      name: "before-first-apply",
      operation: "Update",
      apiVersion: apiVersionOf(type),
    };
    const note = { manager, time: live.metadata.creationTimestamp ?? "", hasStatus: hasStatus(type) };
    return managersAfterUpdate(this.#target(type), blankOf(live), live, new Map(), note);
  }

  /** What a client-side apply wrote and nobody has changed since: it is taken over without a conflict. */
  #clientApplied({ schemas, schema }: ObjectSchema, live: KubeObject): FieldSet {
    const text = live.metadata.annotations?.[lastAppliedKey];
    if (!text) return emptySet;
    const configuration = parsed(text);
    const { added, modified, removed } = compareFields(schemas, schema, configuration, live);
    return fieldsOf(schemas, schema, configuration)
      .difference(added)
      .difference(modified)
      .difference(removed);
  }

  #target({ group, version, kind }: ResourceType): ObjectSchema {
    return this.#targetOf(group, version, kind);
  }

  #targetOf(group: string, version: string, kind: string): ObjectSchema {
    const name = this.#schemas.nameOf(group, version, kind) ?? "";
    return { schemas: this.#schemas, schema: this.#schemas.get(name)?.schema ?? {} };
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    // An annotation that is no JSON says nothing of what was applied.
    return {};
  }
}

function setLastApplied(object: KubeObject, configuration: KubeObject): void {
  const { [lastAppliedKey]: _before, ...annotations } = configuration.metadata.annotations ?? {};
  const metadata = { ...configuration.metadata, annotations };
  const text = `${JSON.stringify({ ...configuration, metadata })}\n`;
  object.metadata.annotations = { ...object.metadata.annotations, [lastAppliedKey]: text };
}

/** When something was written; the API server does not say when a workload was scaled. */
function timeOf({ now, subresource }: Writer): string {
  return subresource === "scale" ? "" : formatTime(now);
}

function hasStatus(type: ResourceType): boolean {
  return type.subresources.has("status");
}

function managerOf(
  type: ResourceType,
  { manager, subresource }: Writer,
  operation: Manager["operation"],
): Manager {
  return {
    name: manager,
    operation,
    apiVersion: apiVersionOf(type),
    ...(subresource ? { subresource } : {}),
  };
}

function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** An empty list, or a list of one empty entry, asks to forget all managers. */
function isReset(given: Json): boolean {
  return Array.isArray(given) && (given.length === 0 || (given.length === 1 && jsonEqual(given[0], {})));
}
