/** Names remembered per process; one that falls out costs one more look-up. */
const remembered = 1000;

/** How a definition is looked for and registered. */
export interface DefinitionCalls {
  /** Whether an active definition of that name exists. */
  exists(signal: AbortSignal): Promise<boolean>;
  register(signal: AbortSignal): Promise<void>;
}

/**
 * Registers each definition once. A definition's name is the hash of its content, so looking the name up tells whether
 * the content is there, whoever registered it; two processes that register at once make two equal revisions.
 */
export class DefinitionRegistry {
  readonly #known = new Map<string, Promise<void>>();

  /**
   * Resolves when the definition is registered and active. Callers that want one name at the same time share one
   * look-up; when that fails, or its caller aborts, each of the others looks again with its own signal.
   */
  async ensure(name: string, calls: DefinitionCalls, signal: AbortSignal): Promise<void> {
    for (;;) {
      const known = this.#known.get(name);
      if (known === undefined) return this.#ensureAlone(name, calls, signal);
      const shared = await known.then(
        () => true,
        () => false,
      );
      if (shared) return;
      signal.throwIfAborted();
      if (this.#known.get(name) === known) this.#known.delete(name);
    }
  }

  /** To be called when the backend does not take a definition that was there. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  async #ensureAlone(name: string, calls: DefinitionCalls, signal: AbortSignal): Promise<void> {
    const work = (async () => {
      if (!(await calls.exists(signal))) await calls.register(signal);
    })();
    this.#known.set(name, work);
    const oldest = this.#known.keys().next();
    if (this.#known.size > remembered && !oldest.done) this.#known.delete(oldest.value);
    try {
      await work;
    } catch (error) {
      if (this.#known.get(name) === work) this.#known.delete(name);
      throw error;
    }
  }
}
