import type { NomadClient } from "./client.ts";
import type { NodeStub } from "./wire.ts";

/** Addresses of Nomad's nodes by ID. A node is asked for once; an address does not change while its ID lives. */
export class NodeDirectory {
  readonly #client: NomadClient;
  readonly #addresses = new Map<string, string | undefined>();

  constructor(client: NomadClient) {
    this.#client = client;
  }

  readonly addressOf = (node: string): string | undefined => this.#addresses.get(node);

  /** Sees to it that the addresses of `nodes` are known as far as Nomad knows them. */
  async learn(nodes: Iterable<string>, signal: AbortSignal): Promise<void> {
    const unknown = [...nodes].filter((node) => node !== "" && !this.#addresses.has(node));
    if (unknown.length === 0) return;
    this.remember(await this.#client.listNodes(signal));
    for (const node of unknown) if (!this.#addresses.has(node)) this.#addresses.set(node, undefined);
  }

  remember(nodes: readonly NodeStub[]): void {
    for (const node of nodes) this.#addresses.set(node.ID, node.Address);
  }
}
