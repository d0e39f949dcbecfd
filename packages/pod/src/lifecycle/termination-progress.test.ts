import { readFileSync } from "node:fs";
import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type TerminationPlan, terminationPlan } from "./termination-plan.ts";
import { type StopProgress, stopWindowSeconds, terminationTurn } from "./termination-progress.ts";

/** Times in milliseconds. */
interface Played {
  readonly name: string;
  readonly kind: "main" | "sidecar";
  /** How long the hook takes; -1: there is none. */
  readonly hook: number;
  /** How long the container takes after its stop signal. */
  readonly stop: number;
  readonly signalAt: number;
  readonly endAt: number;
}

// What the kubelet's own order does; testdata/kubernetes/README.md tells how the cases were made.
const vectors: readonly { readonly grace: number; readonly containers: readonly Played[] }[] = JSON.parse(
  readFileSync(new URL("../testdata/kubernetes/termination-vectors.json", import.meta.url), "utf8"),
);

function planOf(grace: number, containers: readonly Played[]): TerminationPlan {
  const lifecycle = { preStop: { exec: { command: ["hook"] } } };
  const specs = (kind: string) =>
    containers
      .filter((container) => container.kind === kind)
      .map(({ name, hook }) => ({ name, ...(hook >= 0 && { lifecycle }) }));
  const pod: Pod = {
    metadata: { deletionGracePeriodSeconds: grace },
    spec: {
      containers: specs("main"),
      initContainers: specs("sidecar").map((container) => ({ ...container, restartPolicy: "Always" })),
    },
  };
  return terminationPlan(pod, { running: containers.map(({ name }) => name) });
}

interface Happening {
  readonly at: number;
  readonly name: string;
  readonly what: "endedAt" | "preStopEndedAt";
}

/** Plays the plan with hooks and stops as long as the case says; gives when each was signalled and when it ended. */
function play(plan: TerminationPlan, containers: readonly Played[]): ReadonlyMap<string, StopProgress> {
  const progress = new Map<string, StopProgress>();
  const note = (name: string, more: StopProgress) => progress.set(name, { ...progress.get(name), ...more });
  let now = 0;
  for (let turns = 0; turns < 1_000; turns++) {
    const turn = terminationTurn(plan, progress, now);
    if (turn.finished) return progress;
    for (const { container, step } of turn.steps) {
      const at = now;
      if (step === "preStop") note(container, { preStopStartedAt: at });
      else if (step === "cutPreStop") note(container, { preStopEndedAt: at });
      else if (step === "signal") note(container, { signalledAt: at });
      else note(container, { killedAt: at, endedAt: at });
    }
    if (turn.steps.length > 0) continue;
    // The next thing that happens: by itself, or by the plan's time.
    const happenings = containers.flatMap(({ name, hook, stop }): readonly Happening[] => {
      const own = progress.get(name) ?? {};
      if (own.endedAt !== undefined) return [];
      if (own.signalledAt !== undefined) {
        return [{ at: own.signalledAt + stop, name, what: "endedAt" }];
      }
      const inHook = own.preStopStartedAt !== undefined && own.preStopEndedAt === undefined;
      return inHook ? [{ at: hook, name, what: "preStopEndedAt" }] : [];
    });
    const first = happenings.toSorted((left, right) => left.at - right.at)[0];
    const planned = turn.nextAtMs === undefined ? Number.POSITIVE_INFINITY : turn.nextAtMs;
    now = Math.min(planned, first?.at ?? Number.POSITIVE_INFINITY);
    if (first !== undefined && first.at === now) note(first.name, { [first.what]: now });
  }
  throw new Error("the termination does not come to an end");
}

describe("terminationTurn", () => {
  it("G2, G3: signals and kills every container when the kubelet does", () => {
    expect(vectors.length).toBeGreaterThan(100);
    for (const [index, { grace, containers }] of vectors.entries()) {
      const progress = play(planOf(grace, containers), containers);
      const ours = containers.map(({ name }) => {
        const { signalledAt = -1, endedAt = -1 } = progress.get(name) ?? {};
        return { name, signalAt: signalledAt, endAt: endedAt };
      });
      const theirs = containers.map(({ name, signalAt, endAt }) => ({ name, signalAt, endAt }));
      expect({ index, ours }).toEqual({ index, ours: theirs });
    }
  });

  const main: Played = { name: "a", kind: "main", hook: -1, stop: 0, signalAt: 0, endAt: 0 };

  it("G3: the hooks of sidecars start at once, their signal waits", () => {
    const side: Played = { ...main, name: "s", kind: "sidecar", hook: 1 };
    const plan = planOf(10, [main, side]);
    expect(terminationTurn(plan, new Map(), 0)).toEqual({
      steps: [
        { container: "a", step: "signal" },
        { container: "s", step: "preStop" },
      ],
      finished: false,
    });
    const hookDone = { preStopStartedAt: 0, preStopEndedAt: 2_000 };
    const waiting = new Map<string, StopProgress>([
      ["a", { signalledAt: 0 }],
      ["s", hookDone],
    ]);
    expect(terminationTurn(plan, waiting, 2_000)).toEqual({ steps: [], nextAtMs: 10_000, finished: false });
    const mainEnded = new Map<string, StopProgress>([
      ["a", { signalledAt: 0, endedAt: 4_000 }],
      ["s", hookDone],
    ]);
    expect(terminationTurn(plan, mainEnded, 4_000).steps).toEqual([{ container: "s", step: "signal" }]);
  });

  it("G4: nothing more is done to a container that has ended by itself", () => {
    const plan = planOf(10, [{ ...main, hook: 5 }]);
    expect(terminationTurn(plan, new Map([["a", { endedAt: 0 }]]), 0)).toEqual({ steps: [], finished: true });
  });

  it("G2: after SIGKILL only the end is waited for", () => {
    const plan = planOf(3, [main]);
    const killed = new Map([["a", { signalledAt: 0, killedAt: 3_000 }]]);
    expect(terminationTurn(plan, new Map([["a", { signalledAt: 0 }]]), 3_000).steps).toEqual([
      { container: "a", step: "kill" },
    ]);
    expect(terminationTurn(plan, killed, 3_000)).toEqual({ steps: [], finished: false });
  });
});

describe("stopWindowSeconds", () => {
  it("G2: hook and waiting count against the grace in whole seconds, and 2 s always remain", () => {
    const side: Played = { name: "s", kind: "sidecar", hook: 1, stop: 0, signalAt: 0, endAt: 0 };
    const plan = planOf(10, [{ ...side, name: "a", kind: "main", hook: -1 }, side]);
    const [first, second] = plan.stops;
    expect(first && stopWindowSeconds(first, 0, 0)).toBe(10);
    expect(second && stopWindowSeconds(second, 2.9, 3.9)).toBe(5);
    expect(second && stopWindowSeconds(second, 10, 0)).toBe(2);
    expect(second && stopWindowSeconds(second, 0, 9)).toBe(2);
  });
});
