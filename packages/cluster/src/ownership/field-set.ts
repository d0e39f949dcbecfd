import type { Json } from "../api/objects.ts";

/** Marks in FieldsV1 that a path is owned itself, besides paths below it. */
const self = ".";

/**
 * A set of field paths, as a tree. Steps of a path are written as in FieldsV1: `f:NAME` for fields, `k:{…}` for items of
 * lists by their keys, `v:…` for items of lists of values. Sets are never changed once they are shared.
 */
export class FieldSet {
  /** Whether the path that leads here is in the set. */
  readonly isMember: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;

  constructor(isMember = false, children: ReadonlyMap<string, FieldSet> = new Map()) {
    this.isMember = isMember;
    this.children = children;
  }

  get isEmpty(): boolean {
    return !this.isMember && this.children.size === 0;
  }

  /** What is in the set below one step. */
  below(step: string): FieldSet {
    return this.children.get(step) ?? emptySet;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [step, child] of other.children) children.set(step, this.below(step).union(child));
    return new FieldSet(this.isMember || other.isMember, children);
  }

  /** The paths that the other set does not have. */
  difference(other: FieldSet): FieldSet {
    return this.#combine(this.isMember && !other.isMember, (child, step) =>
      child.difference(other.below(step)),
    );
  }

  /** The paths that neither are in the other set nor lie below one that is. */
  withoutBranches(other: FieldSet): FieldSet {
    if (other.isMember) return emptySet;
    return this.#combine(this.isMember, (child, step) => child.withoutBranches(other.below(step)));
  }

  intersection(other: FieldSet): FieldSet {
    return this.#combine(this.isMember && other.isMember, (child, step) =>
      child.intersection(other.below(step)),
    );
  }

  /** Every path of the set, each as its steps. */
  *paths(before: readonly string[] = []): Iterable<readonly string[]> {
    if (this.isMember && before.length > 0) yield before;
    for (const step of [...this.children.keys()].sort()) yield* this.below(step).paths([...before, step]);
  }

  /** The form of the API, FieldsV1. */
  toFieldsV1(): Json {
    const entries = [...this.children.keys()].sort().map((step) => [step, this.below(step).toFieldsV1()]);
    const own = this.isMember && entries.length > 0 ? [[self, {}]] : [];
    return Object.fromEntries([...own, ...entries]);
  }

  #combine(isMember: boolean, change: (child: FieldSet, step: string) => FieldSet): FieldSet {
    const children = new Map<string, FieldSet>();
    for (const [step, child] of this.children) {
      const changed = change(child, step);
      if (!changed.isEmpty) children.set(step, changed);
    }
    return new FieldSet(isMember, children);
  }
}

export const emptySet: FieldSet = new FieldSet();

/** Reads FieldsV1. */
export function fromFieldsV1(fields: Json, isRoot = true): FieldSet {
  const entries = Object.entries<Json>(fields ?? {});
  const children = entries
    .filter(([step]) => step !== self)
    .map(([step, inner]): [string, FieldSet] => [step, fromFieldsV1(inner, false)]);
  const isMember = !isRoot && (entries.length === 0 || Object.hasOwn(fields, self));
  return new FieldSet(isMember, new Map(children));
}

/** Collects paths into a set. */
export class FieldSetBuilder {
  #isMember = false;
  readonly #children = new Map<string, FieldSetBuilder>();

  /** Adds the path of these steps; the empty path stands for the whole object and is in no set. */
  insert(steps: readonly string[]): void {
    let node: FieldSetBuilder = this;
    for (const step of steps) {
      const next = node.#children.get(step) ?? new FieldSetBuilder();
      node.#children.set(step, next);
      node = next;
    }
    if (steps.length > 0) node.#isMember = true;
  }

  build(): FieldSet {
    const children = [...this.#children].map(([step, child]): [string, FieldSet] => [step, child.build()]);
    return new FieldSet(this.#isMember, new Map(children));
  }
}

function stepText(step: string): string {
  const rest = step.slice(2);
  switch (step[0]) {
    case "f":
      return `.${rest}`;
    case "k":
      return `[${Object.entries(JSON.parse(rest))
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(",")}]`;
    default:
      return `[=${rest}]`;
  }
}

/** A path as conflicts name it: `.spec.containers[name="c"].image`. */
export function pathText(steps: readonly string[]): string {
  return steps.map(stepText).join("");
}
