import { expect } from "vitest";
import { type AnyObject, pathOf } from "../control-planes/api-client.ts";
import type { Space } from "../control-planes/bench.ts";
import {
  isOver,
  isReady,
  isRunning,
  mainOf,
  pod,
  type Scenario,
  type Stage,
  type StageNode,
  specOn,
  startsOf,
  uidOf,
  untilEnded,
} from "./stage.ts";

/** Pods of the node by name, all of them ready. */
async function readyPods(
  space: Space,
  node: StageNode,
  names: readonly string[],
): Promise<Readonly<Record<string, AnyObject>>> {
  for (const name of names) await space.create("pods", pod(name, specOn(node)));
  const ready: Record<string, AnyObject> = {};
  for (const name of names) ready[name] = await space.until("pods", name, isReady);
  return ready;
}

/** The same pods as before, and each ran once. */
async function expectSame(space: Space, node: StageNode, before: readonly AnyObject[]): Promise<void> {
  for (const { metadata } of before) {
    const now = await space.until("pods", metadata.name, isReady);
    expect(uidOf(now)).toBe(metadata.uid);
    expect(mainOf(now).restartCount).toBe(0);
    expect(startsOf(node, metadata.uid)).toBe(1);
  }
}

/** What is asked for during an outage is not answered then: this is the outage itself, not a wait for something. */
const minute = 60_000;

const heldServer: Scenario = {
  name: "an API server that hangs for a minute: what happened meanwhile is told, and nothing begins anew",
  async run(stage) {
    const node = stage.virtual;
    const space = await stage.bench.namespace();
    const { ends, fails, ...rest } = await readyPods(space, node, ["ends", "fails", "one", "two"]);
    stage.cluster.faults.pause();
    await stage.cluster.clock.sleep(minute / 2);
    node.backend.finish(uidOf(ends), 0);
    node.backend.finish(uidOf(fails), 5);
    await stage.cluster.clock.sleep(minute / 2);
    stage.cluster.faults.resume();
    await expectGoesOn(stage, space, node, rest);
    for (const name of ["ends", "fails"]) {
      await space.until("pods", name, (object) => mainOf(object).restartCount === 1 && isReady(object));
    }
    expect(mainOf(await space.get("pods", "ends")).lastState.terminated.exitCode).toBe(0);
    expect(mainOf(await space.get("pods", "fails")).lastState.terminated.exitCode).toBe(5);
  },
};

/** The node is ready again, its pods are the same, and another one starts. */
async function expectGoesOn(
  stage: Stage,
  space: Space,
  node: StageNode,
  before: Readonly<Record<string, AnyObject>>,
): Promise<void> {
  await stage.untilNode(node.name, "is ready", isReady);
  await space.create("pods", pod("after", specOn(node)));
  await space.until("pods", "after", isReady);
  await expectSame(space, node, Object.values(before));
}

const killedServer: Scenario = {
  name: "an API server killed, its storage compacted: watches begin anew, nothing is lost and nothing begins anew",
  async run(stage) {
    const node = await stage.startNode("cut");
    const space = await stage.bench.namespace();
    const { deleted, ended, ...rest } = await readyPods(space, node, ["deleted", "ended", "one", "two"]);
    const { metadata } = await stage.bench.api.get(space.path("pods"));
    node.proxy.setOpen(false);
    await space.delete("pods", "deleted");
    await space.create("pods", pod("made", specOn(node, undefined, { nodeName: node.name })));
    node.backend.finish(uidOf(ended), 0);
    await stage.cluster.faults.compact();
    await stage.cluster.faults.kill();
    await stage.cluster.faults.restart();
    expect(await versionIsGone(space, metadata.resourceVersion)).toBe(true);
    node.proxy.setOpen(true);
    await space.untilGone("pods", "deleted");
    await untilEnded(node, [uidOf(deleted)]);
    const made = await space.until("pods", "made", isReady);
    expect(startsOf(node, uidOf(made))).toBe(1);
    await expectGoesOn(stage, space, node, rest);
    const again = await space.until("pods", "ended", (object) => mainOf(object).restartCount === 1);
    expect(mainOf(again).lastState.terminated.exitCode).toBe(0);
    expect([isOver(again), isRunning(again)]).toEqual([false, true]);
    expect(startsOf(node, uidOf(deleted))).toBe(1);
  },
};

/** Whether a watch from a version is refused, as an answer or as its first event. */
async function versionIsGone(space: Space, resourceVersion: string): Promise<boolean> {
  const query = new URLSearchParams({ watch: "1", timeoutSeconds: "1", resourceVersion });
  const { code, body } = await space.api.call("GET", `${pathOf("pods", space.name)}?${query}`);
  return code === 410 || body?.object?.code === 410;
}

/** What becomes of pods while the control plane is away. One at a time: each concerns every node. */
export const outages: readonly Scenario[] = [heldServer, killedServer];
