import type { ProbeKind, ResolvedProbe } from "./probes.ts";

/** What one try of a probe said. `error`: it could not be carried out, after up to three tries at once. */
export type ProbeResult = "success" | "failure" | "error";

/** What a probe holds of its container, over the instances of that container. */
export interface ProbeState {
  /**
   * The word that counts now. Absent when this host has none yet: before the first instance, or because the instance
   * ran before the host began; then what the pod's status says of `started` and `ready` stands (pod-semantics R8).
   */
  readonly verdict?: "success" | "failure" | "unknown";
  /** No more tries until the container has a new instance. */
  readonly onHold: boolean;
  /** No more tries at all: the pod is being deleted. */
  readonly finished: boolean;
  /** The result of the last try that was carried out, and how often in a row. */
  readonly last?: { readonly result: "success" | "failure"; readonly times: number };
}

export type ProbeEvent =
  /** `adopted`: this instance ran before the host began to watch it. */
  | { readonly type: "containerStarted"; readonly adopted?: boolean }
  | { readonly type: "containerStopped" }
  | { readonly type: "result"; readonly result: ProbeResult }
  | { readonly type: "podDeleting" };

/** Before the container's first instance. */
export const initialProbeState: ProbeState = { onHold: false, finished: false };

/** How many times in a row a try that errs is repeated at once before its result counts as `error`. */
export const maxProbeTries = 3;

const firstVerdict = {
  readiness: "failure",
  liveness: "success",
  startup: "unknown",
} as const satisfies Record<ProbeKind, NonNullable<ProbeState["verdict"]>>;

/**
 * The next state of a probe (pod-semantics R2 to R4, R8, G5; pkg/kubelet/prober/worker.go doProbe). Pure: time passes
 * only through events. Results in a row are counted over instances, as the kubelet does: failures of an instance that
 * crashed count for the next one.
 */
export function nextProbeState(probe: ResolvedProbe, state: ProbeState, event: ProbeEvent): ProbeState {
  if (state.finished) return state;
  switch (event.type) {
    case "containerStarted": {
      const { verdict: _, ...rest } = state;
      const first = event.adopted === true ? {} : { verdict: firstVerdict[probe.kind] };
      return { ...rest, ...first, onHold: false };
    }
    case "containerStopped":
      // A worker on hold looks at its container no more, so its verdict stays.
      return state.onHold ? state : { ...state, verdict: "failure" };
    case "podDeleting":
      if (probe.kind === "readiness") return state;
      return { ...state, verdict: "success", finished: true };
    case "result":
      return event.result === "error" || state.onHold ? state : counted(probe, state, event.result);
  }
}

function counted(probe: ResolvedProbe, state: ProbeState, result: "success" | "failure"): ProbeState {
  const times = state.last?.result === result ? state.last.times + 1 : 1;
  const threshold = result === "success" ? probe.successThreshold : probe.failureThreshold;
  if (times < threshold) return { ...state, last: { result, times } };
  const onHold = probe.kind === "startup" || (probe.kind === "liveness" && result === "failure");
  return { ...state, verdict: result, onHold, last: { result, times: onHold ? 0 : times } };
}

/** What decides whether a probe's next turn is used. */
export interface ProbeTurn {
  readonly running: boolean;
  /** As the container's status says: without startup probe, or after that one's success. */
  readonly started: boolean;
  /** Since the present instance started. */
  readonly secondsRunning: number;
}

/**
 * Whether the container is asked when the probe's period comes round (pod-semantics R2, R3): running, past the initial
 * delay, and the startup probe until the container has started, the others only then.
 */
export function probeIsDue(probe: ResolvedProbe, state: ProbeState, turn: ProbeTurn): boolean {
  if (state.onHold || state.finished || !turn.running) return false;
  if (Math.trunc(turn.secondsRunning) < probe.initialDelaySeconds) return false;
  return (probe.kind === "startup") !== turn.started;
}
