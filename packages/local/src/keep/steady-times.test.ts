import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type {
  DeletionFile,
  InstancePhase,
  InstanceSnapshot,
  IntentFile,
  PodSnapshot,
} from "../state/snapshot.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { decide } from "./decide.ts";
import { SteadyTimes } from "./steady-times.ts";

const hourMs = 3_600_000;

const main: PlannedContainer = {
  name: "main",
  kind: "main",
  image: "busybox",
  argv: ["true"],
  workingDir: "/",
  environment: [],
  mounts: [],
  restartPolicy: "Always",
  restartPolicyRules: [],
  terminationMessagePolicy: "File",
};

/** A pod as its directory shows it, looked at with a clock. */
class LookedAt {
  readonly clock = new FakeClock();
  backoff: Partial<IntentFile> = {};
  instance: Partial<InstanceSnapshot> = {};
  phase: InstancePhase = {
    type: "running",
    startedAtMs: 0,
    identity: { pid: 1, start: "1", boot: "" },
  };
  deletion: DeletionFile | undefined;
  #times = new SteadyTimes(this.clock);

  /** Another process looks after the pod from now on. */
  adopt(): void {
    this.#times = new SteadyTimes(this.clock);
  }

  look() {
    const intent = { instanceId: "id", boot: "", terminationMessagePolicy: "File" } as const;
    const ref = { namespace: "default", name: "pod", uid: "uid" };
    const plan = {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      address: "",
      containers: [main],
      volumes: [],
    } as const;
    const snapshot: PodSnapshot = {
      pod: { ref, createdAtMs: 0, plan },
      instances: new Map([
        ["main", { number: 0, phase: this.phase, intent: { ...intent, ...this.backoff }, ...this.instance }],
      ]),
      ...(this.deletion === undefined ? {} : { deletion: this.deletion }),
    };
    return decide(this.#times.of(snapshot), this.clock.monotonic());
  }

  delete(graceMs: number): void {
    const now = this.clock.now();
    this.deletion = { requestedAtMs: now, deadlineMs: now + graceMs };
    this.instance = { stoppingSinceMs: now };
  }

  end(): void {
    const finishedAtMs = this.clock.now();
    this.backoff = { backoff: { nextDelayMs: 10_000, updatedAtMs: finishedAtMs - 1000 } };
    const finishedAt = new Date(finishedAtMs).toISOString();
    this.phase = { type: "ended", finishedAtMs, lost: false, termination: { exitCode: 1, finishedAt } };
  }
}

const kills = ({ stops }: ReturnType<LookedAt["look"]>) => stops.map(({ action }) => action);

describe("SteadyTimes", () => {
  for (const jump of [-hourMs, hourMs]) {
    const way = jump < 0 ? "back" : "forward";

    it(`a grace is as long as it is when the time of day is set ${way} meanwhile`, async () => {
      const pod = new LookedAt();
      pod.look();
      await pod.clock.advance(1000);
      pod.delete(30_000);
      expect(kills(pod.look())).toEqual([]);
      pod.clock.jump(jump);
      await pod.clock.advance(29_999);
      expect(kills(pod.look())).toEqual([]);
      await pod.clock.advance(1);
      expect(kills(pod.look())).toEqual(["kill"]);
    });

    it(`a restart falls due after its delay when the time of day is set ${way} before the end or after`, async () => {
      for (const before of [true, false]) {
        const pod = new LookedAt();
        pod.look();
        if (before) pod.clock.jump(jump);
        await pod.clock.advance(50);
        pod.end();
        expect(pod.look().starts).toEqual([]);
        if (!before) pod.clock.jump(jump);
        await pod.clock.advance(9000);
        expect(pod.look().starts).toEqual([]);
        await pod.clock.advance(1000);
        expect(pod.look().starts).toHaveLength(1);
      }
    });
  }

  it("whoever takes over goes by the time of day, and by the whole grace where that was set back", async () => {
    const pod = new LookedAt();
    pod.delete(30_000);
    await pod.clock.advance(20_000);
    pod.adopt();
    expect(pod.look().wakeAtMs).toBe(pod.clock.monotonic() + 10_000);
    pod.clock.jump(-hourMs);
    pod.adopt();
    expect(pod.look().wakeAtMs).toBe(pod.clock.monotonic() + 30_000);
  });

  it("a deletion without grace stays one", async () => {
    const pod = new LookedAt();
    await pod.clock.advance(10);
    pod.deletion = { requestedAtMs: pod.clock.now(), deadlineMs: 0 };
    expect(kills(pod.look())).toEqual(["kill"]);
  });
});
