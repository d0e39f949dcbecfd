import type { Json, KubeObject } from "../api/objects.ts";
import { managersAfterUpdate, type ObjectSchema } from "./apply.ts";
import { identityOf, type Manager, type Managers } from "./managers.ts";

/** A state of an object, as far as somebody can own it. */
type State = Json;

/** One or more writes of the same manager in a row. */
interface Step {
  readonly manager: Manager;
  readonly time: string;
  readonly before: State;
  readonly after: State;
}

interface Journal {
  readonly managers: Managers;
  readonly steps: readonly Step[];
}

const longestJournal = 4;
const empty: Journal = { managers: new Map(), steps: [] };

/**
 * Who wrote objects that nobody has applied yet. Most objects are never applied, so ownership is not worked out at each
 * write: the states before and after are kept, and read when they are asked for or have become too many.
 */
export class OwnershipJournal {
  readonly #journals = new WeakMap<KubeObject, Journal>();

  /**
   * Notes a write that led from one stored object to the next.
   * @param written what the manager wrote of it, without what the server added
   */
  note(
    target: () => ObjectSchema,
    before: KubeObject | undefined,
    after: KubeObject,
    written: KubeObject,
    manager: Manager,
    time: string,
    hasStatus: boolean,
  ): void {
    const journal = (before && this.#journals.get(before)) ?? empty;
    const last = journal.steps.at(-1);
    const step: Step = { manager, time, before: before ?? blankOf(after), after: written };
    const same = last !== undefined && identityOf(last.manager) === identityOf(manager);
    const steps = same
      ? [...journal.steps.slice(0, -1), { ...step, before: last.before }]
      : [...journal.steps, step];
    const next = { managers: journal.managers, steps };
    this.#journals.set(
      after,
      steps.length > longestJournal ? { managers: replay(target(), next, hasStatus), steps: [] } : next,
    );
  }

  /** Takes over what is known of an object that the server itself changed. */
  carry(before: KubeObject, after: KubeObject): void {
    const journal = this.#journals.get(before);
    if (journal) this.#journals.set(after, journal);
  }

  /** Who owns what of an object; undefined when nothing is known of its writers. */
  read(target: ObjectSchema, object: KubeObject, hasStatus: boolean): Managers | undefined {
    const journal = this.#journals.get(object);
    return journal && replay(target, journal, hasStatus);
  }
}

function replay(target: ObjectSchema, { managers, steps }: Journal, hasStatus: boolean): Managers {
  return steps.reduce(
    (owners, { before, after, manager, time }) =>
      managersAfterUpdate(target, before, after, owners, { manager, time, hasStatus }),
    managers,
  );
}

/** Parts that an object of the API always has, even empty ones: nobody comes to own them by creating the object. */
export function blankOf(object: KubeObject): State {
  const template = (value: Json): Json => value && { metadata: {}, spec: { containers: null } };
  const { spec } = object;
  return {
    metadata: {},
    spec: spec && {
      containers: null,
      strategy: {},
      updateStrategy: {},
      template: template(spec.template),
      ...(spec.jobTemplate
        ? { jobTemplate: { metadata: {}, spec: { template: template(spec.jobTemplate.spec?.template) } } }
        : {}),
    },
    status: {},
  };
}
