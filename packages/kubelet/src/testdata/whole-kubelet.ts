import type { Logger } from "@vkubelet/core";
import { LeaseController } from "../node/lease-controller.ts";
import { NodeController } from "../node/node-controller.ts";
import { EventRecorder } from "../pods/event-recorder.ts";
import { PodController } from "../pods/pod-controller.ts";
import { type Fuse, guarded } from "./fuse.ts";
import { nodeName, type Simulation } from "./simulation.ts";
import { testIdentity } from "./test-identity.ts";

/** How one process of {@link startWholeKubelet} is made. */
export interface WholeKubeletOptions {
  readonly fuse: Fuse;
  readonly logger: Logger;
  /** Told why the process ended by itself. */
  readonly onRefused: (error: unknown) => void;
}

const identity = testIdentity(nodeName);

/** All of a kubelet but its server, in a simulated world: what `startKubelet` wires up. Answers how it is stopped. */
export function startWholeKubelet(
  world: Simulation,
  { fuse, logger, onRefused }: WholeKubeletOptions,
): () => Promise<void> {
  const { clock } = world;
  const random = () => 0;
  const client = world.api.client(({ method, path }, when) => fuse(`${method} ${path}`, when));
  const plain = world.provider();
  // Looks that find nothing new are no points, and cost time.
  const traits = { ...plain.traits, pollIntervalMs: 10_000 };
  const provider = guarded({ ...plain, traits }, fuse);
  const events = new EventRecorder({ client, clock, logger, nodeName, component: "vkubelet" });
  const backendError = (): unknown => pods.backendError;
  const node: NodeController = new NodeController({ client, provider, identity, events, clock, logger, random, backendError });
  const pods: PodController = new PodController({
    client,
    provider,
    events,
    nodeName,
    hostIPs: [identity.internalIP],
    nodeAllocatable: () => (node.description === undefined ? undefined : world.allocatable),
    onHealthChange: () => node.poke(),
    onNodeDeleted: () => node.poke(),
    clock,
    logger,
    random,
  });
  const lease = new LeaseController({ client, nodeName, nodeUid: () => node.uid, clock, logger });
  node.start().then(() => {
    lease.start();
    pods.start();
  }, onRefused);
  return async () => {
    const stopped = Promise.all([node.stop(), lease.stop(), pods.stop()]).then(() => events.stop());
    await clock.advance(10_000);
    await stopped;
  };
}
