import type { ContractKit } from "./contract-kit.ts";
import type { ContractFaults, ContractWorkloads, RequestFaults } from "./provider-under-test.ts";

/** The parts of the contract, in the order in which a new provider meets them. */
export const contractThemes = [
  "lifecycle",
  "idempotency",
  "identity",
  "deletion",
  "status",
  "watch",
  "logs",
  "sessions",
  "adoption",
  "updates",
  "errors",
  "cancellation",
  "concurrency",
] as const;
export type ContractTheme = (typeof contractThemes)[number];

/** An optional method of the provider; a fault or a workload of the author; who restarts containers. */
export type ContractNeed =
  | "watchPods"
  | "logs"
  | "exec"
  | "updatePod"
  | "releasePod"
  | "checkHealth"
  | "asyncDispose"
  | "runsOf"
  | "neighbour"
  | "restarts:runtime"
  | "restarts:provider"
  | `workload:${Exclude<keyof ContractWorkloads, "runs">}`
  | `fault:${keyof ContractFaults}.${keyof RequestFaults}`;

/** How a case ended that did not fail. */
export type CaseOutcome =
  | { readonly type: "passed" }
  /** The rule could not be tried here, and why: what the provider or its author did not give. */
  | { readonly type: "skipped"; readonly reason: string };

/** One rule of the contract as something that runs. */
export interface ContractCase {
  /** `theme/what`; stable, for documents and for what an author leaves out. */
  readonly id: string;
  readonly theme: ContractTheme;
  /** The rule in one sentence. */
  readonly rule: string;
  /** Without one of these the case is skipped. */
  readonly needs: readonly ContractNeed[];
  /** Throws a `ContractViolation` when the provider breaks the rule. A string is why it could not be tried. */
  readonly run: (kit: ContractKit) => Promise<undefined | string>;
}

/** What a file of cases says of one; the theme is the file's. */
export interface CaseText {
  readonly rule: string;
  readonly needs?: readonly ContractNeed[];
  // biome-ignore lint/suspicious/noConfusingVoidType: most cases end without a word.
  readonly run: (kit: ContractKit) => Promise<void | string>;
}

/** The cases of a theme, from their names. */
export function casesOf(
  theme: ContractTheme,
  cases: Readonly<Record<string, CaseText>>,
): readonly ContractCase[] {
  return Object.entries(cases).map(([name, { rule, needs = [], run }]) => ({
    id: `${theme}/${name}`,
    theme,
    rule,
    needs,
    run: async (kit) => (await run(kit)) ?? undefined,
  }));
}
