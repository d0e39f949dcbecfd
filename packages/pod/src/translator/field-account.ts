import type { FieldIssue } from "@vkubelet/core";

/**
 * Where a mapping notes what a table of fields cannot decide: values, sums, sizes, combinations. Paths are written as
 * in reports, with numbers: `spec.containers[0].ports[1].hostPort`.
 */
export interface FieldAccount {
  /**
   * The field cannot be honoured. `message` says why and what to do instead; `accepted`, where there is a weaker result
   * that the pod's annotation may accept ({@link acceptAnnotation}), what happens then: the mapping goes on as if the
   * field were not set.
   */
  reject(path: string, message: string, accepted?: string): void;
  /** The field is honoured in part; `reason` says how far. */
  approximate(path: string, reason: string): void;
}

/** A value that cannot be honoured. */
export interface RejectedField extends FieldIssue {
  /** What happens where the pod accepts less. */
  readonly accepted?: string | undefined;
}

/** Collects what one translation notes, in its order. */
export class FieldNotes implements FieldAccount {
  readonly rejected: RejectedField[] = [];
  readonly approximated: FieldIssue[] = [];

  reject(path: string, message: string, accepted?: string): void {
    this.rejected.push({ path, message, accepted });
  }

  approximate(path: string, reason: string): void {
    this.approximated.push({ path, message: reason });
  }
}
