import type { Pod, PodObservation, PodStatus } from "@vkubelet/core";
import type { ResolveWait } from "../resolve/resolve-wait.ts";

/** Everything that a pod's status is computed from. */
export interface StatusInput {
  readonly pod: Pod;
  /**
   * The latest observation of the latest run. Absent while the backend has not been heard: what `previous` says of
   * containers stays. Together with `failure` its absence means that the backend runs nothing of the pod.
   */
  readonly observation?: PodObservation;
  /**
   * The status to go on from: the one computed last or, at first, the one that the API server holds (also the default).
   * A run's end must have been computed once before the next run is observed, or its terminations are not counted.
   */
  readonly previous?: PodStatus;
  /** RFC 3339. */
  readonly now: string;
  readonly node: { readonly hostIPs: readonly string[] };
  /** Scheme of container IDs. */
  readonly runtimeName: string;
  /** What single containers wait for before the pod can be resolved. */
  readonly waits?: readonly ResolveWait[];
  /** Why the whole pod waits, before or at the backend. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  /**
   * The host's verdict that the pod is over: refused, lost, past its deadline. The phase becomes Failed once nothing of
   * it can still run, which an observation that has not ended puts off (pod-semantics P3, Y1).
   */
  readonly failure?: { readonly reason: string; readonly message?: string; readonly disruption?: boolean };
  /**
   * The pod is to be run anew as a whole. `attempt` is the coming run; `backoffMs` how long it waits, absent for none.
   * Without it, a run that has ended is the end of the pod.
   */
  readonly restart?: { readonly attempt: number; readonly backoffMs?: number };
  /** Whether the pod's termination has begun. */
  readonly deleting: boolean;
}
