import { type ContainerStop, minimumStopSeconds, type TerminationPlan } from "./termination-plan.ts";

/** What has happened to one container since the termination began; all in milliseconds from that moment. */
export interface StopProgress {
  readonly preStopStartedAt?: number;
  readonly preStopEndedAt?: number;
  readonly signalledAt?: number;
  /** SIGKILL was sent. */
  readonly killedAt?: number;
  /** The container has ended, by itself or not. */
  readonly endedAt?: number;
}

export interface TerminationStep {
  readonly container: string;
  /** `cutPreStop`: the hook has used up the grace; give it up, the stop goes on without it. */
  readonly step: "preStop" | "cutPreStop" | "signal" | "kill";
}

/** What is due, and when to look again. */
export interface TerminationTurn {
  readonly steps: readonly TerminationStep[];
  /** Milliseconds from the start of the termination at which the next step falls due by time alone; absent: none does. */
  readonly nextAtMs?: number;
  /** Every container of the plan has ended. */
  readonly finished: boolean;
}

/**
 * What is to be done now, `elapsedMs` after the termination began (pod-semantics G2, G3). Pure: call it again
 * with the progress brought up to date, whenever something happens and at `nextAtMs`. Hook and waiting count against the
 * grace in whole seconds, cut off, each on its own, as the kubelet counts them.
 */
export function terminationTurn(
  plan: TerminationPlan,
  progress: ReadonlyMap<string, StopProgress>,
  elapsedMs: number,
): TerminationTurn {
  const steps: TerminationStep[] = [];
  const times: number[] = [];
  for (const stop of plan.stops) {
    const own = progress.get(stop.container) ?? {};
    if (own.endedAt !== undefined) continue;
    const due = nextStep(stop, own, progress, elapsedMs);
    if (due === undefined) continue;
    if (due.at <= elapsedMs) steps.push({ container: stop.container, step: due.step });
    else times.push(due.at);
  }
  const finished = plan.stops.every(({ container }) => progress.get(container)?.endedAt !== undefined);
  return { steps, ...(times.length > 0 && { nextAtMs: Math.min(...times) }), finished };
}

/**
 * How long a container has between its stop signal and SIGKILL: what hook and waiting have left of its grace, never
 * less than 2 s (pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer).
 */
export function stopWindowSeconds(
  stop: ContainerStop,
  preStopSeconds: number,
  waitedSeconds: number,
): number {
  let rest = stop.graceSeconds;
  if (stop.preStop !== undefined) rest -= Math.trunc(preStopSeconds);
  if (stop.waitsFor.length > 0 && rest > 0) rest -= Math.trunc(waitedSeconds);
  return Math.max(rest, minimumStopSeconds);
}

/** The one step that comes next for a container, and from when on; undefined while only an event can bring it. */
function nextStep(
  stop: ContainerStop,
  own: StopProgress,
  progress: ReadonlyMap<string, StopProgress>,
  elapsedMs: number,
): { readonly step: TerminationStep["step"]; readonly at: number } | undefined {
  if (own.signalledAt !== undefined) {
    if (own.killedAt !== undefined) return undefined;
    const hookEnd = hookEndOf(stop, own) ?? own.signalledAt;
    const window = stopWindowSeconds(stop, hookEnd / 1_000, (own.signalledAt - hookEnd) / 1_000);
    return { step: "kill", at: own.signalledAt + window * 1_000 };
  }
  if (stop.preStop !== undefined && own.preStopStartedAt === undefined) return { step: "preStop", at: 0 };
  const hookEnd = hookEndOf(stop, own);
  if (hookEnd === undefined) return { step: "cutPreStop", at: stop.graceSeconds * 1_000 };
  const turn = stop.waitsFor.every((name) => progress.get(name)?.endedAt !== undefined);
  if (turn) return { step: "signal", at: Math.min(hookEnd, elapsedMs) };
  // What is left of the grace after the hook bounds the waiting, counted from the hook's end.
  const rest = stop.graceSeconds - Math.trunc(hookEnd / 1_000);
  return { step: "signal", at: hookEnd + Math.max(rest, 0) * 1_000 };
}

function hookEndOf(stop: ContainerStop, own: StopProgress): number | undefined {
  return stop.preStop === undefined ? 0 : own.preStopEndedAt;
}
