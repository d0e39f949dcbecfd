import type { Stage } from "../cluster/stage.ts";
import type { RunningSubject } from "./running-subject.ts";

/** A program that is measured: it makes the pods of one node run. */
export interface Subject {
  readonly name: string;
  /** Whether its restart says anything: what it runs outlives it, or it at least claims to adopt. */
  readonly restarts: boolean;
  /** What the table calls it beside its name; undefined for what has no version of its own. */
  version(): Promise<string | undefined>;
  /** Starts it on a stage; resolves when its node takes pods. */
  start(stage: Stage): Promise<RunningSubject>;
}
