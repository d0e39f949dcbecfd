import type { Attributes } from "../auth/attributes.ts";
import type { User } from "../auth/user.ts";
import type { ReadView } from "../store/store.ts";
import type { Fault, FaultEffect, FaultHandle, FaultMatch } from "./fault.ts";

/** A fault as it concerns one request. */
export interface ActiveFault {
  readonly effect: FaultEffect;
  /** Aborts when the fault is removed. */
  readonly over: AbortSignal;
  /** The state that stale reads see. */
  readonly past: ReadView | undefined;
}

interface Added {
  readonly fault: Fault;
  readonly active: ActiveFault;
  hits: number;
}

function resourceText({ resource = "", group, subresource }: Attributes): string {
  return `${resource}${group ? `.${group}` : ""}${subresource ? `/${subresource}` : ""}`;
}

function concerns(
  { verbs, resource, namespace, name, user }: FaultMatch,
  who: User,
  what: Attributes,
): boolean {
  return (
    (verbs === undefined || verbs.includes(what.verb)) &&
    (resource === undefined || resource === resourceText(what)) &&
    (namespace === undefined || namespace === what.namespace) &&
    (name === undefined || name === what.name) &&
    (user === undefined || user === who.name)
  );
}

/** The faults that are in force. */
export class FaultSet {
  readonly #added = new Map<Added, AbortController>();
  readonly #snapshot: () => ReadView;

  /** @param snapshot the present state, as it is to stay */
  constructor(snapshot: () => ReadView) {
    this.#snapshot = snapshot;
  }

  add(fault: Fault): FaultHandle {
    const over = new AbortController();
    const past = fault.effect.type === "staleRead" ? this.#snapshot() : undefined;
    const added: Added = { fault, hits: 0, active: { effect: fault.effect, over: over.signal, past } };
    this.#added.set(added, over);
    const remove = () => {
      this.#added.delete(added);
      over.abort(new Error("the fault has been removed"));
    };
    return {
      get hits() {
        return added.hits;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  clear(): void {
    for (const over of this.#added.values()) over.abort(new Error("the fault has been removed"));
    this.#added.clear();
  }

  /** What happens to a request; each fault counts it. */
  take(user: User, attributes: Attributes): readonly ActiveFault[] {
    const found: ActiveFault[] = [];
    for (const added of this.#added.keys()) {
      const { fault, active } = added;
      if (added.hits >= (fault.count ?? Number.POSITIVE_INFINITY)) continue;
      if (!concerns(fault.match ?? {}, user, attributes)) continue;
      added.hits += 1;
      found.push(active);
    }
    return found;
  }
}
