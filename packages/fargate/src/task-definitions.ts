import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import type { FargateClient } from "./client.ts";

/** Families remembered per process; one that falls out costs one more look-up. */
const remembered = 1000;

/**
 * Registers each definition once. The family is the hash of the content, so looking the family up tells whether the
 * content is there, whoever registered it; two processes that register at once make two equal revisions.
 */
export class TaskDefinitions {
  readonly #client: FargateClient;
  readonly #known = new Map<string, Promise<void>>();

  constructor(client: FargateClient) {
    this.#client = client;
  }

  /** Resolves when the definition is registered and active. Calls for one family at a time share one look-up. */
  ensure(request: RegisterTaskDefinitionCommandInput, signal: AbortSignal): Promise<void> {
    const family = request.family ?? "";
    const known = this.#known.get(family);
    if (known) return known.catch(() => this.#ensureAlone(request, family, signal));
    return this.#ensureAlone(request, family, signal);
  }

  /** To be called when ECS does not take a definition that was there. */
  forget(family: string): void {
    this.#known.delete(family);
  }

  #ensureAlone(
    request: RegisterTaskDefinitionCommandInput,
    family: string,
    signal: AbortSignal,
  ): Promise<void> {
    const work = this.#lookOrRegister(request, family, signal);
    this.#known.set(family, work);
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value ?? "");
    return work.catch((error: unknown) => {
      if (this.#known.get(family) === work) this.#known.delete(family);
      throw error;
    });
  }

  async #lookOrRegister(
    request: RegisterTaskDefinitionCommandInput,
    family: string,
    signal: AbortSignal,
  ): Promise<void> {
    if ((await this.#client.findTaskDefinition(family, signal)) !== undefined) return;
    await this.#client.registerTaskDefinition(request, signal);
  }
}
