import { type Logger, ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "../api/kube-api-error.ts";
import { type Scenario, scenarios } from "../testdata/pod-scenarios.ts";
import { type Fuse, Simulation } from "../testdata/simulation.ts";

/** Calls are tried until one lies beyond the last of the scenario. */
const maxCalls = 200;

/** What befalls one call. */
const faults = ["fails", "loses its reply", "drops the watches"] as const;
type Fault = (typeof faults)[number];

const marker = "a fault on purpose";

/** A fuse for one fault at the n-th call (from 1); lists and watches do not count. */
function faultAt(
  n: number,
  fault: Fault,
  world: Simulation,
): { readonly fuse: Fuse; readonly struck: () => boolean } {
  let calls = 0;
  let doomed: string | undefined;
  let struck = false;
  const strike = (call: string) => {
    struck = true;
    doomed = undefined;
    if (fault === "drops the watches") world.dropWatches();
    else if (call.includes("/")) throw new KubeApiError(marker, { status: 0, reason: "NetworkError" });
    else throw new ProviderError("Unavailable", marker);
  };
  const fuse: Fuse = (call, moment) => {
    if (moment === "after") {
      if (call === doomed) strike(call);
      return;
    }
    if (/^(list|watch)/.test(call)) return;
    calls += 1;
    if (calls !== n) return;
    if (fault === "loses its reply") doomed = call;
    else strike(call);
  };
  return { fuse, struck: () => struck };
}

/** Everything that was said to people: log lines of at least a warning. */
function listeningLogger(lines: string[]): Logger {
  const note = (message: string, fields?: object) => {
    lines.push(
      `${message} ${Object.values(fields ?? {})
        .map(String)
        .join(" ")}`,
    );
  };
  const quiet = () => {};
  const logger: Logger = { debug: quiet, info: quiet, warn: note, error: note, child: () => logger };
  return logger;
}

/** Runs the scenario with one fault. False: the scenario has no n-th call. */
async function faultStrikes(n: number, fault: Fault, scenario: Scenario, watches: boolean): Promise<boolean> {
  const world = new Simulation(
    { recordsIntent: true, watches, absenceGraceMs: 3_000 },
    { takesUpdates: true },
  );
  const { fuse, struck } = faultAt(n, fault, world);
  const lines: string[] = [];
  const kubelet = world.start({ fuse, logger: listeningLogger(lines) });
  const { steps, check } = scenario(world);
  await world.advance(70_000);
  for (const step of steps) {
    step();
    await world.advance(70_000);
  }
  check();
  expect(new Set(world.backend.started).size, "each run starts once").toBe(world.backend.started.length);
  if (struck() && fault !== "drops the watches") {
    const told = [...lines, ...world.eventMessages("p")];
    expect(
      told.filter((line) => line.includes(marker)),
      "the fault was told",
    ).not.toEqual([]);
  }
  await kubelet.stop();
  return struck();
}

describe.each(Object.entries(scenarios))("one fault at every call: %s", (_, scenario) => {
  it.each(faults.flatMap((fault) => [false, true].map((watches) => [fault, watches] as const)))(
    "a call %s, watching: %s",
    async (fault, watches) => {
      let points = 0;
      for (let n = 1; n <= maxCalls; n++) {
        let struck: boolean;
        try {
          struck = await faultStrikes(n, fault, scenario, watches);
        } catch (error) {
          throw new Error(`at call ${n}`, { cause: error });
        }
        if (!struck) break;
        points = n;
      }
      expect(points).toBeGreaterThan(1);
    },
  );
});
