import { checkGrant } from "../admission/grant-check.ts";
import { checkLimits } from "../admission/limit-ranger.ts";
import { admitNamespace } from "../admission/namespace-admission.ts";
import { type NodeWrite, restrictNode } from "../admission/node-restriction.ts";
import { admitPod } from "../admission/pod-admission.ts";
import { admitResize } from "../admission/pod-resize-admission.ts";
import { admitQuota } from "../admission/quota-admission.ts";
import { clone, jsonEqual, type KubeObject } from "../api/objects.ts";
import { alreadyExists, conflict, invalid, notFound } from "../api/status-error.ts";
import { systemUser, type User } from "../auth/user.ts";
import type { Clock } from "../clock.ts";
import type { FieldOwnership } from "../ownership/field-ownership.ts";
import { validateMetadata } from "../resources/metadata-validation.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";
import type { ResourceTypes } from "../resources/resource-types.ts";
import type { Store } from "../store/store.ts";
import { type DeleteOptions, type Deletion, planDeletion } from "./deletion.ts";
import { FieldManagers } from "./field-managers.ts";
import { stampNew } from "./new-object.ts";
import { withScale } from "./scale.ts";
import { mergeUpdate } from "./update.ts";
import type { ApplyOptions, WriteOptions } from "./write-options.ts";

/** How a registry behaves beyond the rules of the API. */
export interface RegistryOptions {
  /** New nodes get the not-ready taint, which a node lifecycle controller must take away. */
  readonly taintNewNodes: boolean;
  /** Nodes may write only what is theirs. */
  readonly restrictNodes?: boolean;
  /** Keeps who owns which fields; without it nobody does. */
  readonly ownership?: FieldOwnership;
  /** Called right after a namespace was created, to fill it. */
  readonly onNamespaceCreated?: (registry: Registry, name: string) => void;
}

/** A namespace as a URL gives it; undefined for cluster-scoped resources. */
type Namespace = string | undefined;

/**
 * The one way to change objects: defaults, admission, validation and the rules of every write, for requests and
 * controllers alike. All methods are synchronous, so a read and the write that follows it in one turn cannot race.
 */
export class Registry {
  readonly store: Store;
  readonly types: ResourceTypes;
  readonly clock: Clock;
  readonly #options: RegistryOptions;
  readonly #managers: FieldManagers;

  constructor(store: Store, types: ResourceTypes, clock: Clock, options: RegistryOptions) {
    this.store = store;
    this.types = types;
    this.clock = clock;
    this.#options = options;
    this.#managers = new FieldManagers(options.ownership, clock);
  }

  /** @throws StatusError 404 */
  get(type: ResourceType, namespace: Namespace, name: string): KubeObject {
    const object = this.store.get(type, namespace, name);
    if (!object) throw notFound(type, name);
    return object;
  }

  /** Creates an object. @throws StatusError 404 (namespace), 409, 403, 422 */
  create(
    type: ResourceType,
    namespace: Namespace,
    input: KubeObject,
    options: WriteOptions = {},
  ): KubeObject {
    const context = this.#context(options);
    const object = clone(input);
    type.strategy.defaults?.(object);
    if (options.user) checkGrant(this, options.user, { type, namespace, object });
    const written = clone(object);
    stampNew(this.store, type, namespace, object, context.now);
    if (this.#hasStatus(type) && !type.strategy.keepStatusOnCreate) object.status = {};
    admitNamespace(object, type, context);
    if (type.group === "" && type.plural === "pods") admitPod(object, type, context);
    type.strategy.prepareCreate?.(object, context);
    const { name } = object.metadata;
    this.restrict(options.user, { operation: "create", type, namespace, name, object });
    const errors = [...validateMetadata(object, type.strategy), ...(type.strategy.validate?.(object) ?? [])];
    if (errors.length > 0) throw invalid(type, object.metadata.name, errors);
    const present = this.store.get(type, namespace, object.metadata.name);
    if (present)
      throw alreadyExists(type, object.metadata.name, present.metadata.deletionTimestamp !== undefined);
    checkLimits({ type, object }, context);
    admitQuota({ type, object }, context);
    if (options.managedFields) object.metadata.managedFields = options.managedFields;
    if (options.dryRun) return object;
    const stored = this.store.put(type, object);
    if (!options.managedFields) this.#managers.noteCreation(type, stored, written, options);
    if (type.group === "" && type.plural === "namespaces") {
      this.#options.onNamespaceCreated?.(this, stored.metadata.name);
    }
    return stored;
  }

  /** Replaces an object (PUT). @throws StatusError 400, 404, 409, 422 */
  update(
    type: ResourceType,
    namespace: Namespace,
    name: string,
    input: KubeObject,
    options: WriteOptions = {},
  ): KubeObject {
    const old = this.get(type, namespace, name);
    const { uid } = input.metadata ?? {};
    if (uid && uid !== old.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
      throw conflict(type, name, why);
    }
    return this.#write(type, old, clone(input), options);
  }

  /**
   * Computes a new object from the present one and writes it. The function gets a writable copy and changes it in place
   * or returns another. @throws StatusError as `update`
   */
  mutate(
    type: ResourceType,
    namespace: Namespace,
    name: string,
    change: (object: KubeObject) => KubeObject | undefined,
    options: WriteOptions = {},
  ): KubeObject {
    const old = this.get(type, namespace, name);
    const copy = clone(old);
    return this.#write(type, old, change(copy) ?? copy, options);
  }

  /** Deletes an object, or begins to. @throws StatusError 404, 409 */
  delete(type: ResourceType, namespace: Namespace, name: string, options: DeleteOptions = {}): Deletion {
    const old = this.get(type, namespace, name);
    this.restrict(options.user, { operation: "delete", type, namespace, name, old });
    const plan = planDeletion(type, old, options, this.clock.now());
    if (options.dryRun || plan.unchanged) return plan;
    if (plan.removed) return { ...plan, object: this.store.remove(type, plan.object) };
    const object = this.store.put(type, plan.object);
    this.#managers.carry(old, object);
    return { ...plan, object };
  }

  /** Admission of what a node writes. @throws StatusError 403 */
  restrict(user: User | undefined, write: NodeWrite): void {
    if (user && this.#options.restrictNodes) restrictNode(this, user, write);
  }

  #write(type: ResourceType, old: KubeObject, next: KubeObject, options: WriteOptions): KubeObject {
    const context = this.#context(options);
    const merged = mergeUpdate(type, old, next, options.subresource);
    type.strategy.defaults?.(merged);
    const { namespace, name } = old.metadata;
    if (options.user) checkGrant(this, options.user, { type, namespace, object: merged, old });
    type.strategy.prepareUpdate?.(merged, old, context);
    this.#validateUpdate(type, merged, old, options.subresource);
    this.#managers.keep(type, old, merged, next.metadata?.managedFields, options);
    if (jsonEqual(merged, old)) return old;
    if (options.subresource === "resize") admitResize(merged, type, context);
    const written = { type, object: merged, old, subresource: options.subresource };
    checkLimits(written, context);
    admitQuota(written, context);
    const { subresource } = options;
    this.restrict(options.user, {
      operation: "update",
      type,
      subresource,
      namespace,
      name,
      object: merged,
      old,
    });
    if (type.strategy.generation && !jsonEqual(desiredState(merged), desiredState(old))) {
      merged.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
    if (options.dryRun) return merged;
    if (isFinished(type, merged)) return this.store.remove(type, merged);
    const stored = this.store.put(type, merged);
    if (!stored.metadata.managedFields) this.#managers.noteUpdate(type, old, stored, options);
    return stored;
  }

  /**
   * Server-side apply: creates the object, or merges the configuration into it.
   * @throws StatusError 404 (a subresource of nothing), 409 (others own what would change), 501, and as `update`
   */
  apply(
    type: ResourceType,
    namespace: Namespace,
    name: string,
    configuration: KubeObject,
    { force, ...options }: ApplyOptions,
  ): KubeObject {
    const old = options.subresource ? this.get(type, namespace, name) : this.store.get(type, namespace, name);
    const object = this.#managers.apply(type, old, configuration, options, force);
    const managedFields = object.metadata.managedFields ?? [];
    return old
      ? this.#write(type, old, object, { ...options, managedFields })
      : this.create(type, namespace, configuration, { ...options, managedFields });
  }

  /** Server-side apply of a workload's Scale. @throws StatusError as `apply` */
  applyScale(
    type: ResourceType,
    namespace: Namespace,
    name: string,
    configuration: KubeObject,
    { force, ...options }: ApplyOptions,
  ): KubeObject {
    const old = this.get(type, namespace, name);
    const { scale, managedFields } = this.#managers.applyScale(type, old, configuration, options, force);
    return this.#write(type, old, withScale(clone(old), scale), { ...options, managedFields });
  }

  #validateUpdate(
    type: ResourceType,
    merged: KubeObject,
    old: KubeObject,
    subresource: string | undefined,
  ): void {
    const errors = validateMetadata(merged, type.strategy);
    if (subresource === undefined) {
      errors.push(...(type.strategy.validate?.(merged) ?? []));
      errors.push(...(type.strategy.validateUpdate?.(merged, old) ?? []));
    } else {
      errors.push(...(type.strategy.validateSubresource?.(subresource, merged, old) ?? []));
    }
    if (errors.length > 0) throw invalid(type, merged.metadata.name, errors);
  }

  #hasStatus(type: ResourceType): boolean {
    return type.subresources.has("status");
  }

  #context(options: WriteOptions): StrategyContext {
    const user = options.user ?? systemUser;
    return {
      store: this.store,
      types: this.types,
      now: this.clock.now(),
      userName: user.name,
      userGroups: user.groups,
      taintNewNodes: this.#options.taintNewNodes,
    };
  }
}

/** Everything that `metadata.generation` counts changes of. */
function desiredState(object: KubeObject): unknown {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

/** True when the last thing that held a deletion back has gone. */
function isFinished(type: ResourceType, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || finalizers?.length) return false;
  if (object.spec?.finalizers?.length) return false;
  return !type.strategy.gracePeriod || (deletionGracePeriodSeconds ?? 0) === 0;
}
