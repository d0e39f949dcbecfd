import { describe, expect, it } from "vitest";
import { burningFuse, Simulation } from "../testdata/simulation.ts";

/** Crash points are tried until one lies beyond the last call of the scenario. */
const maxCrashPoints = 200;

/** A scenario in steps; each must leave the world in a state that any kubelet goes on from. */
type Scenario = (world: Simulation) => {
  readonly steps: readonly (() => void)[];
  /** Checked in the end, beyond "no run started twice". */
  readonly check: () => void;
};

const scenarios: Readonly<Record<string, Scenario>> = {
  "a pod that succeeds and is deleted": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p");
        },
        () => finishLatest(world, 0),
        () => {
          expect(world.status("p").phase).toBe("Succeeded");
          world.deletePod("p", 0);
        },
      ],
      check: () => {
        expect(world.backend.started).toEqual([`${uid}/0`]);
        expect(world.backend.released).toContain(uid);
        expect(world.backend.list()).toEqual([]);
      },
    };
  },
  "a pod that is run anew, and deleted while it runs": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { restartPolicy: "OnFailure" });
        },
        () => finishLatest(world, 1),
        () => finishLatest(world, 1),
        () => {
          expect(world.container("p")).toMatchObject({ restartCount: 2, state: { running: {} } });
          world.deletePod("p");
        },
      ],
      check: () => {
        expect(world.backend.started).toEqual([`${uid}/0`, `${uid}/1`, `${uid}/2`]);
        expect(world.pod("p")).toBeUndefined();
        expect(world.backend.released).toContain(uid);
      },
    };
  },
  "a pod that is deleted by force while it runs": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p");
        },
        () => world.deletePod("p", 0),
      ],
      check: () => {
        expect(world.backend.started).toEqual([`${uid}/0`]);
        expect(world.backend.released).toContain(uid);
        expect(world.backend.list()).toEqual([]);
      },
    };
  },
  "a pod whose deadline passes": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { restartPolicy: "Always", activeDeadlineSeconds: 20 });
        },
      ],
      check: () => {
        expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
        // A kubelet that is away for longer than the deadline starts nothing.
        expect([`${uid}/0`]).toEqual(expect.arrayContaining(world.backend.started));
      },
    };
  },
};

function finishLatest(world: Simulation, exitCode: number): void {
  const running = world.backend.list().find(({ state }) => state === "active");
  expect(running, "a run is active").toBeDefined();
  world.backend.finish(running?.ref.uid ?? "", exitCode);
}

/** Runs the scenario with a process that dies at its n-th call; another takes over. False: it did not live to die. */
async function dieAt(
  n: number,
  when: "before" | "after",
  scenario: Scenario,
  watches: boolean,
): Promise<boolean> {
  const world = new Simulation({ recordsIntent: true, watches, absenceGraceMs: 3_000 });
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
    expect(points).toBeGreaterThan(3);
  });
});
