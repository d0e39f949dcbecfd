import { describe, expect, it } from "vitest";
import { contractCases } from "../contract/contract-cases.ts";
import { missingNeed } from "../contract/contract-needs.ts";
import {
  checkOmitted,
  omissionOf,
  type ProviderContractOptions,
  runContractCase,
} from "../contract/run-contract.ts";

/**
 * Registers a test for every case of the provider contract. What the author leaves out (`omit`) stands in the report
 * as one test each, with the reason, which fails when the provider has what it is said to lack. A case that cannot be
 * tried for another reason is reported as skipped, with the reason. Throws a TypeError for an `omit` that fits no case.
 */
export function testProviderContract(name: string, options: ProviderContractOptions): void {
  checkOmitted(options);
  describe(name, () => {
    for (const contractCase of contractCases) {
      if (omissionOf(contractCase, options) !== undefined) continue;
      it(`${contractCase.id}: ${contractCase.rule}`, async (test) => {
        const outcome = await runContractCase(contractCase, options);
        // biome-ignore lint/suspicious/noSkippedTests: the reason is known only now, and the report prints it.
        if (outcome.type === "skipped") test.skip(outcome.reason);
      });
    }
    for (const entry of options.omit ?? []) {
      const what = "case" in entry ? entry.case : `what needs ${entry.need}`;
      it(`leaves out ${what}: ${entry.reason}`, async () => {
        const left = contractCases.filter((contractCase) => omissionOf(contractCase, options) === entry);
        expect(left, "another entry leaves out the same").not.toEqual([]);
        if ("case" in entry) return;
        const subject = await options.open();
        try {
          expect(
            missingNeed(subject, entry.need),
            "it is there, so its cases need not be left out",
          ).toBeDefined();
        } finally {
          await subject.close();
        }
      });
    }
  });
}
