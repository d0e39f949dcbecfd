import type { NodeDescription, Provider } from "@vkubelet/core";
import { silentLogger } from "@vkubelet/core";
import { createInMemoryProvider, FakeClock, InMemoryBackend } from "@vkubelet/testing";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { NodeController } from "../node/node-controller.ts";
import type { NodeIdentity } from "../node/node-object.ts";
import { EventRecorder } from "../pods/event-recorder.ts";
import { type AnyObject, MemoryApi } from "./memory-api.ts";
import { testIdentity } from "./test-identity.ts";

export const nodePath = "/api/v1/nodes/vk";

/** An API server with one Node, and what a kubelet is made of that keeps it. */
export class NodeFixture {
  readonly clock: FakeClock;
  readonly backend: InMemoryBackend;
  readonly api: MemoryApi;
  /** What was logged as a warning, with what it names. */
  readonly warnings: { readonly message: string; readonly fields: AnyObject }[] = [];
  /** What the backend says of the node beyond the in-memory provider's own description. */
  described: Partial<NodeDescription> = {};
  /** Why listings fail. */
  backendError: unknown;

  readonly identity: NodeIdentity = testIdentity("vk");

  /** By itself, or in a world that is there already. */
  constructor(world?: Pick<NodeFixture, "clock" | "backend" | "api">) {
    this.clock = world?.clock ?? new FakeClock();
    this.backend = world?.backend ?? new InMemoryBackend();
    this.api = world?.api ?? new MemoryApi(() => this.clock.now());
  }

  /** A kubelet's part for the node. It does nothing before its start. */
  controller(
    identity: Partial<NodeIdentity> = {},
    client: KubeApiClient = this.api.client(),
    random: () => number = () => 0,
  ): NodeController {
    const { clock } = this;
    const logger = {
      ...silentLogger,
      warn: (message: string, fields?: AnyObject) => void this.warnings.push({ message, fields }),
    };
    return new NodeController({
      client,
      provider: this.#provider(),
      identity: { ...this.identity, ...identity },
      events: new EventRecorder({ client, clock, logger, nodeName: "vk", component: "vkubelet" }),
      clock,
      logger,
      backendError: () => this.backendError,
      random,
    });
  }

  get node(): AnyObject {
    return this.api.get(nodePath);
  }

  condition(type: string): AnyObject {
    return this.node?.status.conditions.find((condition: AnyObject) => condition.type === type);
  }

  /** As somebody else changes the Node. */
  edit(change: (node: AnyObject) => AnyObject): void {
    this.api.put(nodePath, change(this.node));
  }

  /** How often something was written under a path so far. */
  writes(path: string): number {
    return this.api.writes.filter((write) => write.path === path).length;
  }

  #provider(): Provider {
    const provider = createInMemoryProvider({ backend: this.backend });
    return {
      ...provider,
      describeNode: async (context) => ({ ...(await provider.describeNode(context)), ...this.described }),
    };
  }
}
