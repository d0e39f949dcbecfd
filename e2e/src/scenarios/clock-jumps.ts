import type { Clock } from "@vkubelet/core";
import { expect } from "vitest";
import { pathOf } from "../control-planes/api-client.ts";
import { waitFor } from "../wait-for.ts";
import {
  conditionOf,
  exits,
  isReady,
  mainOf,
  pod,
  runs,
  type Scenario,
  type Stage,
  type StageNode,
  specOn,
  startsOf,
  uidOf,
} from "./stage.ts";

const hourMs = 3_600_000;

/** The clock of a machine whose time somebody sets. */
class SetClock implements Clock {
  readonly #clock: Clock;
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#offset;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(milliseconds, signal);
  }

  set(offset: number): void {
    this.#offset = offset;
  }
}

/** The Lease is renewed so many times, by later and later times, and the node stays ready. */
async function expectHeartbeats(stage: Stage, node: StageNode, count: number): Promise<void> {
  const path = pathOf("leases", "kube-node-lease", node.name);
  const before = conditionOf(await stage.node(node.name), "Ready");
  let { renewTime } = (await stage.bench.api.get(path)).spec;
  for (let renewal = 0; renewal < count; renewal++) {
    const lease = await waitFor(
      `the Lease of ${node.name} renewed after ${renewTime}`,
      () => stage.bench.api.get(path),
      ({ spec }) => spec.renewTime > renewTime,
    );
    renewTime = lease.spec.renewTime;
  }
  const after = conditionOf(await stage.node(node.name), "Ready");
  expect(after).toMatchObject({ status: "True", lastTransitionTime: before.lastTransitionTime });
}

const clockJumps: Scenario = {
  name: "a clock that jumps an hour forward and back: the node stays ready, and no wait grows",
  async run(stage) {
    const clock = new SetClock(stage.cluster.clock);
    const node = await stage.startNode("shifted", { clock });
    const space = await stage.bench.namespace();
    await space.create("pods", pod("limited", specOn(node, runs(), { activeDeadlineSeconds: 1_800 })));
    await space.create("pods", pod("steady", specOn(node)));
    await space.create("pods", pod("crashes", specOn(node, exits(1))));
    const steady = await space.until("pods", "steady", isReady);
    await space.until("pods", "limited", isReady);
    const restarts = (count: number) =>
      space.until("pods", "crashes", (object) => mainOf(object)?.restartCount >= count);
    await restarts(0);
    clock.set(hourMs);
    await restarts(1);
    const over = await space.until("pods", "limited", ({ status }) => status.phase === "Failed");
    expect(over.status.reason).toBe("DeadlineExceeded");
    await space.create("pods", pod("later", specOn(node, runs(), { activeDeadlineSeconds: 1_800 })));
    await space.until("pods", "later", isReady);
    await expectHeartbeats(stage, node, 1);
    clock.set(0);
    await restarts(2);
    await space.create("pods", pod("earlier", specOn(node)));
    await space.until("pods", "earlier", isReady);
    // More than the time after which a silent node is taken for dead.
    await expectHeartbeats(stage, node, 2);
    expect(isReady(await space.get("pods", "steady"))).toBe(true);
    expect(isReady(await space.get("pods", "later"))).toBe(true);
    expect(startsOf(node, uidOf(steady))).toBe(1);
  },
};

/** What a kubelet does whose machine's time is set. */
export const clocks: readonly Scenario[] = [clockJumps];
