import type { CaseOutcome, ContractCase, ContractNeed } from "./contract-case.ts";
import { contractCases } from "./contract-cases.ts";
import { ContractKit } from "./contract-kit.ts";
import { missingNeed } from "./contract-needs.ts";
import type { ProviderUnderTest } from "./provider-under-test.ts";

/** What the author leaves out, and why: what the backend cannot do. */
export type OmittedCases = { readonly reason: string } & (
  | {
      /** One case, by its id: `theme/what`. */
      readonly case: string;
    }
  | {
      /** Every case that needs this. */
      readonly need: ContractNeed;
    }
);

/** What to check, and how to begin. */
export interface ProviderContractOptions {
  /** A provider on an empty backend, for one case. */
  readonly open: () => Promise<ProviderUnderTest>;
  readonly omit?: readonly OmittedCases[];
}

/** How one case ended. */
export type CaseResult = { readonly case: ContractCase } & (
  | CaseOutcome
  | { readonly type: "failed"; readonly error: unknown }
);

/**
 * Runs one case on a fresh subject, which is closed afterwards. Throws what the case throws: a `ContractViolation`
 * where the provider breaks the rule.
 */
export async function runContractCase(
  contractCase: ContractCase,
  options: ProviderContractOptions,
): Promise<CaseOutcome> {
  const omitted = omissionOf(contractCase, options);
  if (omitted !== undefined) return { type: "skipped", reason: `left out: ${omitted.reason}` };
  const subject = await options.open();
  try {
    const missing = contractCase.needs
      .map((need) => missingNeed(subject, need))
      .filter((reason) => reason !== undefined);
    if (missing.length > 0) return { type: "skipped", reason: missing.join("; ") };
    const kit = new ContractKit(subject);
    try {
      const reason = await contractCase.run(kit);
      return reason === undefined ? { type: "passed" } : { type: "skipped", reason };
    } finally {
      await kit.tidy();
    }
  } finally {
    await subject.close();
  }
}

/** Runs every case, one after the other, without a test runner. Throws a TypeError for an `omit` that fits no case. */
export async function checkProviderContract(
  options: ProviderContractOptions,
): Promise<readonly CaseResult[]> {
  checkOmitted(options);
  const results: CaseResult[] = [];
  for (const contractCase of contractCases) {
    try {
      results.push({ case: contractCase, ...(await runContractCase(contractCase, options)) });
    } catch (error) {
      results.push({ case: contractCase, type: "failed", error });
    }
  }
  return results;
}

/** Why a case is left out; undefined when it is not. */
export function omissionOf(
  contractCase: ContractCase,
  { omit = [] }: ProviderContractOptions,
): OmittedCases | undefined {
  return omit.find((entry) => isOf(entry, contractCase));
}

/** Throws a TypeError when something is left out that there is not, or without a reason. */
export function checkOmitted({ omit = [] }: ProviderContractOptions): void {
  for (const entry of omit) {
    const what = "case" in entry ? entry.case : entry.need;
    if (!contractCases.some((contractCase) => isOf(entry, contractCase))) {
      throw new TypeError(`omit: no case of the contract is, or needs, ${what}`);
    }
    if (entry.reason.trim() === "") throw new TypeError(`omit: ${what} is left out without a reason`);
  }
}

function isOf(entry: OmittedCases, { id, needs }: ContractCase): boolean {
  return "case" in entry ? entry.case === id : needs.includes(entry.need);
}
