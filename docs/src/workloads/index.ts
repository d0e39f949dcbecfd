export { type Configuration, configurations, variants } from "../configurations.ts";
export { isService, type Outcome, outcomesOf } from "./outcomes.ts";
export { readSources, readWorkloads, type Workload } from "./read-workloads.ts";
export { standInInputs } from "./stand-in-inputs.ts";
export { outcomeRow, workloadsPage, workloadsPagePath } from "./workloads-page.ts";
