import type { NodeKind } from "../demo-node.ts";
import type { Trial } from "./trial.ts";

/** One thing that the tour shows. */
export interface Step {
  /** What is done, in one sentence. */
  readonly title: string;
  /** The nodes on which it is shown; default: all. */
  readonly kinds?: readonly NodeKind[];
  /** Does it, checks it, and resolves with what was seen, in one line. Rejects with the first failing check. */
  readonly run: (trial: Trial) => Promise<string>;
}
