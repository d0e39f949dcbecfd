import { describe, expect, it } from "vitest";
import { breaks, refusals } from "./testdata/fault-plan.ts";
import { liveThrough } from "./testdata/faulted-life.ts";
import { lives } from "./testdata/pod-lives.ts";

/**
 * Backends as they differ in how a kubelet hears of them and what it can rely on. How a kubelet goes on after a refusal
 * does not depend on that.
 */
const backends = [
  {
    backend: "watched, with listings that lag behind",
    options: { recordsIntent: true, absenceGraceMs: 3_000, watches: true },
    faults: [...breaks, ...refusals],
  },
  {
    backend: "polled, with listings that lag behind",
    options: { recordsIntent: true, absenceGraceMs: 3_000 },
    faults: breaks,
  },
  { backend: "watched, and never behind", options: { watches: true }, faults: breaks },
];

/** Each life once without a fault: its calls are the points at which faults strike. */
const recorded = await Promise.all(
  Object.entries(lives).flatMap(([life, live]) =>
    backends.map(async (world) => ({ life, live, ...world, calls: await liveThrough(live, world.options) })),
  ),
);

const planned = recorded.map((record) => {
  const plans = record.faults.flatMap((fault) =>
    record.calls.flatMap((call, at) => (fault.befalls(call) ? [{ fault, at }] : [])),
  );
  return { ...record, plans, count: plans.length };
});

let done = 0;

/** Worlds that live at once, each by its own clock: they share the turns of the event loop. */
const atOnce = 16;

describe.each(planned)(
  "$life; a backend $backend: $count faults",
  ({ live, options, faults, calls, plans }) => {
    it.each(faults)(
      "at each call: $name",
      async (fault) => {
        const due = plans.filter((candidate) => candidate.fault === fault);
        const liveOn = async () => {
          for (let plan = due.pop(); plan !== undefined; plan = due.pop()) {
            try {
              await liveThrough(live, options, plan);
            } catch (error) {
              throw new Error(`at call ${plan.at}, ${calls[plan.at]}`, { cause: error });
            }
            done += 1;
          }
        };
        await Promise.all(Array.from({ length: atOnce }, liveOn));
      },
      120_000,
    );
  },
);

const calls = planned.reduce((sum, record) => sum + record.calls.length, 0);
const total = planned.reduce((sum, record) => sum + record.count, 0);

it(`${total} faults at ${calls} calls of ${planned.length} lives, each with its own run`, () => {
  expect(done).toBe(total);
  expect(Math.min(...planned.map((record) => record.calls.length))).toBeGreaterThan(20);
});
