import { describe, expect, it } from "vitest";
import { type Scenario, scenarios } from "../testdata/pod-scenarios.ts";
import { burningFuse, Simulation } from "../testdata/simulation.ts";

/** Crash points are tried until one lies beyond the last call of the scenario. */
const maxCrashPoints = 200;

/** Runs the scenario with a process that dies at its n-th call; another takes over. False: it did not live to die. */
async function dieAt(
  n: number,
  when: "before" | "after",
  scenario: Scenario,
  watches: boolean,
): Promise<boolean> {
  const world = new Simulation(
    { recordsIntent: true, watches, absenceGraceMs: 3_000 },
    { takesUpdates: true },
  );
  const { fuse, burnt } = burningFuse(n, when);
  world.start({ fuse });
  let replaced = false;
  const live = async () => {
    await world.advance(70_000);
    if (!burnt() || replaced) return;
    replaced = true;
    world.start();
    await world.advance(70_000);
  };
  const { steps, check } = scenario(world);
  await live();
  for (const step of steps) {
    step();
    await live();
  }
  check();
  expect(new Set(world.backend.started).size, "each run starts once").toBe(world.backend.started.length);
  return burnt();
}

describe.each(Object.entries(scenarios))("kill at every call: %s", (_, scenario) => {
  it.each([
    ["before", false],
    ["after", false],
    ["before", true],
    ["after", true],
  ] as const)("%s its effect, watching: %s", async (when, watches) => {
    let points = 0;
    for (let n = 1; n <= maxCrashPoints; n++) {
      let burnt: boolean;
      try {
        burnt = await dieAt(n, when, scenario, watches);
      } catch (error) {
        throw new Error(`killed ${when} call ${n}`, { cause: error });
      }
      if (!burnt) break;
      points = n;
    }
    expect(points).toBeGreaterThan(1);
  });
});
