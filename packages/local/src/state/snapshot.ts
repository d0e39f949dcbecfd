import type { ContainerTermination, PodRef } from "@vkubelet/core";
import type { BackoffState } from "@vkubelet/pod";
import type { ProcessIdentity } from "../machine/process-identity.ts";
import type { ProcessPlan } from "../translate/process-plan.ts";

/** The accepted pod, as `pod.json` holds it. */
export interface PodFile {
  readonly ref: PodRef;
  readonly createdAtMs: number;
  readonly plan: ProcessPlan;
}

/** How the pod is to stop. `deadlineMs`: when what still runs is killed, 0 for at once; set at `requestedAtMs`. */
export interface DeletionFile {
  readonly requestedAtMs: number;
  readonly deadlineMs: number;
  /** Set where the provider evicts the pod: why. */
  readonly eviction?: string;
}

/** What stands on disk of an instance before anything of it runs. */
export interface IntentFile {
  readonly instanceId: string;
  /** The boot in which the intent was written; empty where the system has no boot id. */
  readonly boot: string;
  readonly terminationMessagePolicy: "File" | "FallbackToLogsOnError";
  /** Backoff as it stands after the decision to start this instance; absent for the first. */
  readonly backoff?: BackoffState;
  /** How the instance before ended. */
  readonly previous?: ContainerTermination;
}

/**
 * How far an instance got. `planned`: nobody has claimed it, so it has not run. `starting`: a watcher holds it.
 * `cancelled`: the provider claimed it itself, so it will never run. `ended` includes instances whose watcher died.
 */
export type InstancePhase =
  | { readonly type: "planned" }
  | { readonly type: "cancelled" }
  | { readonly type: "starting"; readonly watcher: ProcessIdentity }
  | { readonly type: "running"; readonly startedAtMs: number; readonly identity: ProcessIdentity }
  | {
      readonly type: "ended";
      readonly finishedAtMs: number;
      readonly termination: ContainerTermination;
      /** Nobody saw the end: the exit code is unknown. */
      readonly lost: boolean;
    };

export type PostStartProgress =
  | { readonly type: "begun" | "done" }
  | { readonly type: "failed"; readonly failedAtMs: number };

export interface InstanceSnapshot {
  readonly number: number;
  readonly intent: IntentFile;
  readonly phase: InstancePhase;
  /** How far the postStart hook got; absent: it has not begun. */
  readonly postStart?: PostStartProgress;
  /** The preStop hook has ended, well or not. */
  readonly preStopDone?: boolean;
  /** When the stop signal was sent. */
  readonly stoppingSinceMs?: number;
}

/** Everything the disk says about a pod at one moment. */
export interface PodSnapshot {
  readonly pod: PodFile;
  readonly deletion?: DeletionFile;
  /** The latest instance of each container that has one. */
  readonly instances: ReadonlyMap<string, InstanceSnapshot>;
}
