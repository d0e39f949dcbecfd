import type { Disposition, TranslationReport } from "@vkubelet/core";
import type { Translation } from "@vkubelet/pod";
import type { MatchersObject } from "vitest";
import {
  acceptanceProblem,
  fieldAgreement,
  fieldProblem,
  type ReasonPattern,
  withReport,
} from "../translation-checks.ts";

/** What a matcher looks at: a translation, or an expectation of `expectTranslation`. */
interface Received {
  readonly report: TranslationReport;
  readonly requests?: unknown;
}

/** Matchers for translations. A failure shows the report as a table. */
export interface TranslationMatchers<R = unknown> {
  /** Nothing is rejected. */
  toBeAcceptedTranslation(): R;
  /** The field is rejected, for this reason. */
  toRejectField(path: string, reason?: ReasonPattern): R;
  /** The field is honoured in part, for this reason. */
  toApproximateField(path: string, reason?: ReasonPattern): R;
  /** The report treats the field this way. */
  toAccountForField(path: string, disposition: Disposition, reason?: ReasonPattern): R;
  /** The requests have at least these properties, as with `toMatchObject`; asymmetric matchers work. */
  toTranslateTo(requests: object): R;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends TranslationMatchers<R> {}
}

/** The matchers, for `expect.extend(translationMatchers)` in a test or in a file of `setupFiles`. */
export const translationMatchers: MatchersObject = {
  toBeAcceptedTranslation(received: unknown) {
    const { report } = receivedOf(received);
    return verdict(acceptanceProblem(report), () =>
      withReport("expected the pod to be rejected: nothing is", report),
    );
  },
  toRejectField(received: unknown, path: string, reason?: ReasonPattern) {
    return fieldVerdict(received, path, "reject", reason);
  },
  toApproximateField(received: unknown, path: string, reason?: ReasonPattern) {
    return fieldVerdict(received, path, "approx", reason);
  },
  toAccountForField(received: unknown, path: string, disposition: Disposition, reason?: ReasonPattern) {
    return fieldVerdict(received, path, disposition, reason);
  },
  toTranslateTo(received: unknown, expected: object) {
    const translation = receivedOf(received);
    const { report } = translation;
    const problem = acceptanceProblem(report);
    if (problem !== undefined) return { pass: false, message: () => problem };
    const { requests } = translation;
    const pass = this.equals(requests, expected, [
      ...this.customTesters,
      this.utils.iterableEquality,
      this.utils.subsetEquality,
    ]);
    return {
      pass,
      actual: requests,
      expected,
      message: () =>
        withReport(
          `expected the requests ${pass ? "not " : ""}to have these properties:\n${this.utils.stringify(expected)}`,
          report,
        ),
    };
  },
};

function fieldVerdict(
  received: unknown,
  path: string,
  disposition: Disposition,
  reason: ReasonPattern | undefined,
) {
  const { report } = receivedOf(received);
  const expectation = { path, disposition, reason };
  return verdict(fieldProblem(report, expectation), () => fieldAgreement(report, expectation));
}

function verdict(problem: string | undefined, agreement: () => string) {
  return { pass: problem === undefined, message: () => problem ?? agreement() };
}

function receivedOf(value: unknown): Received {
  const { report } = (value ?? {}) as Partial<Translation<unknown>>;
  if (typeof report !== "object" || !Array.isArray(report.entries)) {
    throw new TypeError("a matcher for translations was given something without a report");
  }
  return value as Received;
}
