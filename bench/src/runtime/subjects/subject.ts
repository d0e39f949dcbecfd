import type { Stage } from "../cluster/stage.ts";

/** A program that is measured: it makes the pods of one node run. */
export interface Subject {
  readonly name: string;
  /** Whether its restart says anything: what it runs outlives it, or it at least claims to adopt. */
  readonly restarts: boolean;
  /** Starts it on a stage; resolves when its node takes pods. */
  start(stage: Stage): Promise<RunningSubject>;
}

/** A started subject, in a process of its own. */
export interface RunningSubject {
  readonly pid: number;
  /** Makes every pod of the node end with exit code 0, where the subject can be told to. */
  readonly finishAll?: () => void;
  /** How often each run was created at the backend beyond the first time; undefined where nobody counts. */
  readonly repeatedCreates?: () => number;
  /** Ends it without a chance to clean up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}
