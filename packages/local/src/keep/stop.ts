import type { InstanceSnapshot, PodSnapshot } from "../state/snapshot.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";

/** `cancel`: take an instance that nobody has claimed, so that it never runs. */
export interface StopAction {
  readonly container: PlannedContainer;
  readonly number: number;
  readonly action: "cancel" | "terminate" | "kill";
}

/** A hook that is to run, unless it does already. */
export interface HookStart {
  readonly container: PlannedContainer;
  readonly number: number;
  readonly hook: "postStart" | "preStop";
}

export interface StopDecision {
  readonly stops: readonly StopAction[];
  readonly hooks: readonly HookStart[];
  readonly wakeAtMs?: number;
  readonly ended: boolean;
}

/** Between the stop signal and the kill lie at least so many milliseconds (pod-semantics G2). */
const leastGraceMs = 2000;

/**
 * Stops what runs: main and ordinary init containers at once, sidecars one after another in reverse order once those
 * have ended. What still runs at `deadlineMs` is killed, though never sooner than 2 s after its own stop signal. A
 * deadline of 0 kills at once. preStop hooks begin at once, those of sidecars too, and a container gets its stop signal
 * when its own is through or the deadline has come.
 */
export function stopEverything(snapshot: PodSnapshot, nowMs: number, deadlineMs: number): StopDecision {
  const alive = snapshot.pod.plan.containers.flatMap((container) => {
    const instance = snapshot.instances.get(container.name);
    if (instance === undefined || instance.phase.type === "ended" || instance.phase.type === "cancelled") {
      return [];
    }
    return [{ container, instance }];
  });
  const others = alive.filter(({ container }) => container.kind !== "sidecar");
  const sidecars = alive.filter(({ container }) => container.kind === "sidecar").reverse();
  const late = nowMs >= deadlineMs;
  const turn = late ? alive : others.length > 0 ? others : sidecars.slice(0, 1);
  const stops: StopAction[] = [];
  const hooks: HookStart[] = [];
  const wakes: number[] = late || alive.length === 0 ? [] : [deadlineMs];
  for (const { container, instance } of alive) {
    const step = stepOf(
      container,
      instance,
      nowMs,
      deadlineMs,
      turn.some((one) => one.instance === instance),
    );
    if (step.action !== undefined) stops.push({ container, number: instance.number, action: step.action });
    if (step.hook) hooks.push({ container, number: instance.number, hook: "preStop" });
    if (step.wakeAtMs !== undefined) wakes.push(step.wakeAtMs);
  }
  return {
    stops,
    hooks,
    ...(wakes.length === 0 ? {} : { wakeAtMs: Math.min(...wakes) }),
    ended: alive.length === 0,
  };
}

/** Stops one container while the others go on; see {@link stopEverything}. */
export function stopOne(
  container: PlannedContainer,
  instance: InstanceSnapshot,
  nowMs: number,
  deadlineMs: number,
): Omit<StopDecision, "ended"> {
  const { number } = instance;
  const { action, hook, wakeAtMs } = stepOf(container, instance, nowMs, deadlineMs, true);
  return {
    stops: action === undefined ? [] : [{ container, number, action }],
    hooks: hook ? [{ container, number, hook: "preStop" }] : [],
    ...(wakeAtMs === undefined ? {} : { wakeAtMs }),
  };
}

interface Step {
  readonly hook?: boolean;
  readonly action?: StopAction["action"];
  readonly wakeAtMs?: number;
}

function stepOf(
  container: PlannedContainer,
  instance: InstanceSnapshot,
  nowMs: number,
  deadlineMs: number,
  inTurn: boolean,
): Step {
  if (instance.phase.type === "planned") return { action: "cancel" };
  if (instance.phase.type === "starting") {
    // Its process is about to be known, and only then can it be told. A start that hangs is cut off in the end.
    const cutAtMs = deadlineMs === 0 ? 0 : deadlineMs + leastGraceMs;
    return nowMs >= cutAtMs ? { action: "kill" } : { wakeAtMs: cutAtMs };
  }
  if (deadlineMs === 0) return { action: "kill" };
  if (instance.stoppingSinceMs === undefined) {
    const hook = container.preStop !== undefined && !instance.preStopDone && nowMs < deadlineMs;
    if (hook) return { hook, wakeAtMs: deadlineMs };
    return inTurn ? { action: "terminate" } : {};
  }
  const killAtMs = Math.max(deadlineMs, instance.stoppingSinceMs + leastGraceMs);
  return nowMs >= killAtMs ? { action: "kill" } : { wakeAtMs: killAtMs };
}
