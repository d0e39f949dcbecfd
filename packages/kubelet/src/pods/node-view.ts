import type { Clock, Logger, ResourceList } from "@vkubelet/core";
import type { NodeForAdmission } from "@vkubelet/pod";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import type { KubeObject } from "../api/kube-object.ts";
import { createReflector, type Reflector } from "../api/reflector.ts";

/** Options of {@link NodeView}. */
export interface NodeViewOptions {
  readonly client: KubeApiClient;
  readonly nodeName: string;
  /** What the backend says that the node has; undefined while it has not said anything. */
  readonly allocatable: () => ResourceList | undefined;
  /** Told when somebody deletes the node. */
  readonly onDeleted: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

type NodeObject = NodeForAdmission & KubeObject;

/**
 * The node as pods are admitted to it: labels and taints as the API server holds them, whoever set them, and room as
 * the backend describes it. A node that somebody deleted stands as it was last seen until it is there again.
 */
export class NodeView {
  readonly #options: NodeViewOptions;
  readonly #nodes: Reflector<NodeObject>;
  #last: NodeObject | undefined;

  constructor(options: NodeViewOptions) {
    this.#options = options;
    const { client, nodeName, clock, logger, onDeleted } = options;
    this.#nodes = createReflector<NodeObject>({
      client,
      path: "/api/v1/nodes",
      query: { fieldSelector: `metadata.name=${nodeName}` },
      clock,
      logger,
      onChange: ({ type, object }) => {
        if (type === "deleted") onDeleted();
        else this.#last = object;
      },
    });
  }

  /** Follows the node until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return this.#nodes.run(signal);
  }

  /** The node as it is now, or in words why it is not known yet. */
  read(): NodeForAdmission | string {
    const allocatable = this.#options.allocatable();
    if (allocatable === undefined) return "the backend has not said yet what the node has room for";
    if (this.#last === undefined) {
      const why = this.#nodes.status().lastError?.message ?? "it has not been read yet";
      return `node "${this.#options.nodeName}" is not known: ${why}`;
    }
    const { metadata, spec } = this.#last;
    return {
      ...(metadata !== undefined && { metadata }),
      ...(spec !== undefined && { spec }),
      status: {
        allocatable: Object.fromEntries(
          Object.entries(allocatable).map(([name, amount]) => [name, String(amount)]),
        ),
        // Whether the groups of an image count is each backend's own affair: its table rejects what it cannot keep.
        features: { supplementalGroupsPolicy: true },
      },
    };
  }
}
