import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findKubectls } from "./kubectls.ts";
import { clocks } from "./scenarios/clock-jumps.ts";
import { outages } from "./scenarios/outages.ts";
import { pods } from "./scenarios/pods.ts";
import { scheduling } from "./scenarios/scheduling.ts";
import { type Scenario, Stage } from "./scenarios/stage.ts";
import { workloads } from "./scenarios/workloads.ts";
import { startMemoryCluster, startRealCluster, type TestCluster } from "./test-cluster.ts";

const sideBySide: readonly Scenario[] = [...scheduling, ...workloads, ...pods, ...clocks];

/** A silent node is taken for dead after 15 s instead of 50 s. */
const impatient = ["--node-monitor-period=1s", "--node-monitor-grace-period=15s"];

/** The same scenarios on every control plane: what differs fails. */
function describeScenarios(name: string, start: () => Promise<TestCluster>): void {
  describe(name, () => {
    let stage: Stage;
    /** All begin at once, however many tests the runner has going. */
    const begun = new Map<Scenario, Promise<void>>();
    beforeAll(async () => {
      stage = await Stage.open(await start());
      for (const scenario of sideBySide) {
        const outcome = scenario.run(stage);
        begun.set(scenario, outcome);
        // Its own test tells of it.
        outcome.catch(() => {});
      }
    });
    afterAll(() => stage?.[Symbol.asyncDispose]());
    for (const scenario of sideBySide) it(scenario.name, () => begun.get(scenario));
    // An outage concerns all pods, and waits until the others are through.
    for (const scenario of outages) it(scenario.name, { concurrent: false }, () => scenario.run(stage));
  });
}

const [kubectl] = (await findKubectls()).values();
const newest = await peerOrSkip("kubernetes");
const oldest = await peerOrSkip("kubernetes-oldest");
const extraArguments = { controllerManager: impatient };

describe.concurrent("pods on virtual nodes", () => {
  describe.runIf(newest)("newest Kubernetes", () => {
    describeScenarios("real control plane", () => startRealCluster({ extraArguments }));
  });
  describe.runIf(oldest)("oldest Kubernetes", () => {
    describeScenarios("real control plane", () => startRealCluster({ release: "oldest", extraArguments }));
  });
  describe.runIf(kubectl !== undefined)("in memory", () => {
    describeScenarios("in-memory control plane", () => {
      return startMemoryCluster(kubectl ?? "", { restrictNodes: true });
    });
  });
});
