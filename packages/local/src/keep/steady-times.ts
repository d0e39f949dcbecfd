import type { Clock } from "@vkubelet/core";
import type { InstanceSnapshot, PodSnapshot } from "../state/snapshot.ts";

interface KnownTime {
  readonly writtenMs: number;
  readonly steadyMs: number;
}

/**
 * Times on disk are times of day, which somebody may set meanwhile; what follows from them (a grace that runs out, a
 * restart that falls due) must come after the time that has really passed. So a time is turned into one of
 * `Clock.monotonic` when it is first seen, and stays there: it lies between the last look and this one, and in the past.
 * Of what was written before the first look only the time of day can tell how long ago that was.
 */
export class SteadyTimes {
  readonly #clock: Clock;
  #known: ReadonlyMap<string, KnownTime> = new Map();
  #lastLookMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the disk says, with its times in milliseconds of `Clock.monotonic`; those within a termination stay as they are. */
  of(snapshot: PodSnapshot): PodSnapshot {
    const dayMs = this.#clock.now();
    const nowMs = this.#clock.monotonic();
    const seen = new Map<string, KnownTime>();
    const steady = (key: string, writtenMs: number): number => {
      const known = this.#known.get(key);
      const ageMs = Math.min(Math.max(0, dayMs - writtenMs), nowMs - this.#lastLookMs);
      const time = known?.writtenMs === writtenMs ? known : { writtenMs, steadyMs: nowMs - ageMs };
      seen.set(key, time);
      return time.steadyMs;
    };
    const { deletion } = snapshot;
    const instances = [...snapshot.instances].map(([name, instance]) => {
      const key = `${name}/${instance.number}`;
      return [name, steadyInstance(instance, (fact, ms) => steady(`${key}/${fact}`, ms))] as const;
    });
    const result: PodSnapshot = {
      ...snapshot,
      instances: new Map(instances),
      ...(deletion === undefined ? {} : { deletion: steadyDeletion(deletion, steady) }),
    };
    this.#known = seen;
    this.#lastLookMs = nowMs;
    return result;
  }
}

type Steady = (key: string, writtenMs: number) => number;

function steadyDeletion(deletion: NonNullable<PodSnapshot["deletion"]>, steady: Steady) {
  const requestedAtMs = steady("deletion", deletion.requestedAtMs);
  const graceMs = deletion.deadlineMs - deletion.requestedAtMs;
  return { ...deletion, requestedAtMs, deadlineMs: deletion.deadlineMs === 0 ? 0 : requestedAtMs + graceMs };
}

function steadyInstance(instance: InstanceSnapshot, steady: Steady): InstanceSnapshot {
  const { phase, postStart, stoppingSinceMs } = instance;
  return {
    ...instance,
    ...(phase.type === "ended"
      ? { phase: { ...phase, finishedAtMs: steady("finished", phase.finishedAtMs) } }
      : {}),
    ...(postStart?.type === "failed"
      ? { postStart: { ...postStart, failedAtMs: steady("post-start", postStart.failedAtMs) } }
      : {}),
    ...(stoppingSinceMs === undefined ? {} : { stoppingSinceMs: steady("stopping", stoppingSinceMs) }),
  };
}
