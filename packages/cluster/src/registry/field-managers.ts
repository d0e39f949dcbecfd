import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { notImplemented } from "../api/status-error.ts";
import type { Clock } from "../clock.ts";
import type { AppliedScale, FieldOwnership, Writer } from "../ownership/field-ownership.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { WriteOptions } from "./write-options.ts";

/** The manager of what the cluster's controllers write. */
const controllersManager = "kube-controller-manager";

/** Tells the ownership of fields who wrote what, for every write of a registry. */
export class FieldManagers {
  readonly #ownership: FieldOwnership | undefined;
  readonly #clock: Clock;

  /** @param ownership without it nobody owns anything */
  constructor(ownership: FieldOwnership | undefined, clock: Clock) {
    this.#ownership = ownership;
    this.#clock = clock;
  }

  /** Notes the creation of an object, of which somebody wrote so much. */
  noteCreation(type: ResourceType, stored: KubeObject, written: KubeObject, options: WriteOptions): void {
    this.#ownership?.note(type, undefined, stored, written, this.#writer(options));
  }

  /** Notes a write of an object that was never applied. */
  noteUpdate(type: ResourceType, before: KubeObject, after: KubeObject, options: WriteOptions): void {
    // Binding a pod makes nobody own its node.
    if (options.subresource === "binding") this.carry(before, after);
    else this.#ownership?.note(type, before, after, after, this.#writer(options));
  }

  /** The server itself led from one stored object to the next. */
  carry(before: KubeObject, after: KubeObject): void {
    this.#ownership?.carry(before, after);
  }

  /** Writes into `merged` who owns what, for objects that have been applied. */
  keep(type: ResourceType, old: KubeObject, merged: KubeObject, given: Json, options: WriteOptions): void {
    const before = old.metadata.managedFields;
    if (options.managedFields) merged.metadata.managedFields = options.managedFields;
    else if (before && this.#ownership) {
      const untouched = jsonEqual(merged, old) && jsonEqual(given ?? before, before);
      const managers = untouched
        ? before
        : this.#ownership.afterUpdate(type, old, merged, given, this.#writer(options));
      if (managers.length > 0) merged.metadata.managedFields = managers;
      else delete merged.metadata.managedFields;
    }
  }

  /** The object that an apply leads to, with its `managedFields`. @throws StatusError 409, 501 */
  apply(
    type: ResourceType,
    live: KubeObject | undefined,
    configuration: KubeObject,
    options: WriteOptions,
    force: boolean,
  ): KubeObject {
    return this.#required().apply(type, live, configuration, this.#writer(options), force);
  }

  /** The Scale that an apply of it leads to. @throws StatusError 409, 501 */
  applyScale(
    type: ResourceType,
    live: KubeObject,
    configuration: KubeObject,
    options: WriteOptions,
    force: boolean,
  ): AppliedScale {
    return this.#required().applyScale(type, live, configuration, this.#writer(options), force);
  }

  #required(): FieldOwnership {
    if (this.#ownership) return this.#ownership;
    throw notImplemented("server-side apply is not set up: give the registry a FieldOwnership");
  }

  #writer(options: WriteOptions): Writer {
    const subresource = options.ownedThrough ?? options.subresource;
    const manager = options.manager ?? controllersManager;
    return { manager, now: this.#clock.now(), ...(subresource ? { subresource } : {}) };
  }
}
