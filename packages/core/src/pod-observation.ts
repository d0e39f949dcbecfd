import type { PodRef } from "./pod-ref.ts";

/**
 * What a backend saw of one run of one pod, whole and level-triggered: each observation replaces the one before, and
 * losing one may delay but never falsify. It states facts; phases and conditions are computed by the host from them
 * (pod-semantics 12 to 15).
 */
export interface PodObservation {
  readonly ref: PodRef;
  /** The run observed; 0 where the provider restarts containers itself. */
  readonly attempt: number;
  /**
   * Orders the observations of one run: a lower or equal version than one already seen is ignored. A backend index
   * (Nomad's ModifyIndex), a counter, or the moment at which a poll began, by the clock's `monotonic`, since the time
   * of day may be set back.
   */
  readonly version: number;
  /**
   * `waiting`: accepted, nothing has been placed. `active`: placed; something runs, may run, or may still be running.
   * `ended`: nothing of this run runs or will ever run again at the backend. Final: where the host does not run the pod
   * anew, its phase follows from the exit codes, and a container that never started counts as failed.
   */
  readonly state: "waiting" | "active" | "ended";
  /** Why the pod waits (`BatchQueued`, `NomadPlacementBlocked`) or why it ended, beyond its containers' exit codes. */
  readonly reason?: string;
  /** For people. Never a secret. */
  readonly message?: string;
  /**
   * Set when the run failed as a whole (lost, never started, evicted, preempted), whatever the containers say.
   * `disruption`: it was taken away, not at fault: the pod gets a DisruptionTarget condition (Spot, node loss).
   */
  readonly failure?: { readonly reason: string; readonly message?: string; readonly disruption?: boolean };
  readonly startedAt?: string;
  /** At most one of each family, first is primary; absent when not known. Never invented. */
  readonly podIPs?: readonly string[];
  readonly hostIPs?: readonly string[];
  /** Those that the backend has said something about; the host fills in the rest. */
  readonly containers: readonly ContainerObservation[];
}

/** What a backend saw of one container. */
export interface ContainerObservation {
  readonly name: string;
  readonly state: ContainerObservedState;
  /** Instances ended before the current one. Never decreases within a run. */
  readonly restartCount: number;
  /** How the previous instance ended. */
  readonly lastTermination?: ContainerTermination;
  /** As the backend reports it, when it does. */
  readonly image?: string;
  readonly imageID?: string;
  /**
   * The backend's identifier of this instance, new for every restart and run, without scheme. Without it instances are
   * told apart by their times, and two that begin and end within one second count as one.
   */
  readonly instanceId?: string;
}

export type ContainerObservedState =
  | { readonly type: "waiting"; readonly reason?: string; readonly message?: string }
  /** `ready` and `started` only where the backend judges them (probes); absent means the host judges. */
  | {
      readonly type: "running";
      readonly startedAt?: string;
      readonly started?: boolean;
      readonly ready?: boolean;
    }
  | ({ readonly type: "terminated" } & ContainerTermination);

export interface ContainerTermination {
  /** 0 to 255; death by signal n is 128 + n. */
  readonly exitCode: number;
  readonly signal?: number;
  /** `OOMKilled`, `StartError`, `ContainerStatusUnknown`, …; absent: `Completed` or `Error` by the code. */
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly instanceId?: string;
}
