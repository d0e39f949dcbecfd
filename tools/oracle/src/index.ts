export type { CaseKind } from "./case-kind.ts";
export { type Disagreement, findDisagreement } from "./disagreement.ts";
export { type ExpansionCase, expansionCases } from "./expansion-cases.ts";
export { type Oracle, startOracle } from "./oracle-process.ts";
export { type PodCase, podCases } from "./pod-cases.ts";
export { type QuantityCase, quantityCases } from "./quantity-cases.ts";
