export { countedShellWorkloads } from "./counted-workloads.ts";
export {
  type GoldenBackend,
  type GoldenCase,
  type GoldenOptions,
  type GoldenSuite,
  type GoldenUpdate,
  goldenBackend,
  goldenCases,
  goldenVariable,
} from "./golden-cases.ts";
