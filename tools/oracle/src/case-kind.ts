import type { Random } from "./random.ts";

/** One kind of question that Kubernetes and this project both answer. */
export interface CaseKind<Case> {
  /** The first element of the question. */
  readonly name: string;
  generate(random: Random): Case;
  /** Whether a case that was made smaller is still one. Every case is, where this is left out. */
  isValid?(instance: Case): boolean;
  /** The rest of the question. */
  question(instance: Case): readonly unknown[];
  /** This project's answer. Plain JSON, its keys in the order of the oracle's. */
  answer(instance: Case): unknown;
}
