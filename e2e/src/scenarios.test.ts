import { afterAll, beforeAll, it } from "vitest";
import { describeOnEachControlPlane } from "./each-control-plane.ts";
import { clocks } from "./scenarios/clock-jumps.ts";
import { outages } from "./scenarios/outages.ts";
import { pods } from "./scenarios/pods.ts";
import { scheduling } from "./scenarios/scheduling.ts";
import { type Scenario, Stage } from "./scenarios/stage.ts";
import { workloads } from "./scenarios/workloads.ts";
import type { TestCluster } from "./test-cluster.ts";

const sideBySide: readonly Scenario[] = [...scheduling, ...workloads, ...pods, ...clocks];

function describeScenarios(start: () => Promise<TestCluster>): void {
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
}

await describeOnEachControlPlane("pods on virtual nodes", describeScenarios, {
  impatient: true,
  concurrent: true,
  accelerated: true,
});
