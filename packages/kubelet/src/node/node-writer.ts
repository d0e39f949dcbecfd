import type { Clock, Logger } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isForbidden } from "../api/kube-api-error.ts";
import { metadataPatch, type NodeMetadata, newNode, recordedMetadata } from "./node-metadata.ts";
import type { NodeIdentity, NodeObject } from "./node-object.ts";
import { isRestrictedLabel } from "./node-restriction.ts";

/** Options of {@link NodeWriter}. */
export interface NodeWriterOptions {
  readonly client: KubeApiClient;
  readonly identity: NodeIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What an API server may keep a node from changing on itself, although it lets it change the rest. */
type Part = "labels" | "taints";
const parts: readonly Part[] = ["labels", "taints"];

/** A part that was refused is tried again after so long, as somebody may have granted it. */
const retryMs = 300_000;

/**
 * Writes labels, annotations and taints of the Node. A node with the rights of a kubelet alone (NodeRestriction) may not
 * give itself certain labels, and taints only when it is created: what is refused so is left as it is, with one warning
 * that says what an administrator can do, and the rest is written.
 */
export class NodeWriter {
  readonly #options: NodeWriterOptions;
  readonly #refusedAt = new Map<Part, number>();

  constructor(options: NodeWriterOptions) {
    this.#options = options;
  }

  async create(wanted: NodeMetadata, signal: AbortSignal): Promise<NodeObject> {
    const { client, identity } = this.#options;
    const send = (metadata: NodeMetadata) =>
      client.create<NodeObject>("/api/v1/nodes", newNode(identity, metadata), { signal });
    try {
      return await send(wanted);
    } catch (error) {
      const restricted = restrictedOf(wanted.labels);
      if (!isForbidden(error) || restricted.length === 0) throw error;
      const node = await send({ ...wanted, labels: ordinaryOf(wanted.labels) });
      this.#refuse("labels", wanted, error);
      return node;
    }
  }

  /** Brings the Node's metadata up to date, as far as the API server lets it. Answers the Node as it is then. */
  async keep(node: NodeObject, wanted: NodeMetadata, signal: AbortSignal): Promise<NodeObject> {
    const open = parts.filter((part) => this.#isOpen(part));
    try {
      return await this.#apply(node, wanted, open, signal);
    } catch (error) {
      if (!isForbidden(error) || open.length === 0) throw error;
    }
    // Which part it was is found by writing one after the other.
    let current = await this.#apply(node, wanted, [], signal);
    const granted: Part[] = [];
    for (const part of open) {
      try {
        current = await this.#apply(current, wanted, [...granted, part], signal);
        granted.push(part);
      } catch (error) {
        if (!isForbidden(error)) throw error;
        this.#refuse(part, wanted, error);
      }
    }
    return current;
  }

  async #apply(
    node: NodeObject,
    wanted: NodeMetadata,
    granted: readonly Part[],
    signal: AbortSignal,
  ): Promise<NodeObject> {
    const { client, identity } = this.#options;
    const limited = limitedTo(granted, wanted, recordedMetadata(node));
    const patch = metadataPatch(node, limited, identity.providerID);
    if (patch === undefined) return node;
    return client.patch<NodeObject>(`/api/v1/nodes/${identity.name}`, patch, "merge", { signal });
  }

  #isOpen(part: Part): boolean {
    const refusedAt = this.#refusedAt.get(part) ?? Number.NEGATIVE_INFINITY;
    return this.#options.clock.monotonic() - refusedAt >= retryMs;
  }

  #refuse(part: Part, { labels, taints }: NodeMetadata, error: unknown): void {
    const { logger, clock } = this.#options;
    const isKnown = this.#refusedAt.has(part);
    this.#refusedAt.set(part, clock.monotonic());
    if (isKnown) return;
    const what =
      part === "labels"
        ? { labels: restrictedOf(labels).map(([key, value]) => `${key}=${value}`) }
        : { taints: taints.map(({ key, value = "", effect }) => `${key}=${value}:${effect}`) };
    logger.warn(`the node may not set these ${part} on itself; an administrator can`, { ...what, error });
  }
}

/** What is to be written when only these parts may change besides what every node may: the others stay as they were put. */
function limitedTo(granted: readonly Part[], wanted: NodeMetadata, recorded: NodeMetadata): NodeMetadata {
  const labels = granted.includes("labels")
    ? wanted.labels
    : { ...ordinaryOf(wanted.labels), ...Object.fromEntries(restrictedOf(recorded.labels)) };
  return { ...wanted, labels, taints: granted.includes("taints") ? wanted.taints : recorded.taints };
}

function restrictedOf(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).filter(([key]) => isRestrictedLabel(key));
}

function ordinaryOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isRestrictedLabel(key)));
}
