export {
  ContainerBuilder,
  containerBuilder,
  type ProbeJson,
  type VariableSource,
} from "./builders/container-builder.ts";
export { configMapOf, secretOf, serviceOf } from "./builders/objects.ts";
export { type ContainerLike, PodBuilder, podBuilder } from "./builders/pod-builder.ts";
export {
  type DeploymentJson,
  deploymentBuilder,
  type JobJson,
  jobBuilder,
  type PodTemplate,
  WorkloadBuilder,
} from "./builders/workload-builders.ts";
export type {
  CaseOutcome,
  ContractCase,
  ContractNeed,
  ContractTheme,
} from "./contract/contract-case.ts";
export { contractCases } from "./contract/contract-cases.ts";
export { ContractKit, type ExecOptions, type ExecOutcome } from "./contract/contract-kit.ts";
export { ContractViolation } from "./contract/contract-violation.ts";
export type {
  CommandProgram,
  ContractFaults,
  ContractWorkloads,
  FaultKind,
  PlanFault,
  PlannedHang,
  ProviderUnderTest,
  RequestFaults,
  WorkloadContainer,
} from "./contract/provider-under-test.ts";
export {
  type CaseResult,
  checkProviderContract,
  type OmittedCases,
  type ProviderContractOptions,
  runContractCase,
} from "./contract/run-contract.ts";
export { shellWorkloads } from "./contract/shell-workloads.ts";
export { checkEveryPath, type EveryPathSettings, type PathFinding } from "./every-path.ts";
export {
  expectTranslation,
  TranslationAssertionError,
  TranslationExpectation,
} from "./expect-translation.ts";
export { FakeClock } from "./fake-clock.ts";
export { type FailableMethod, InMemoryBackend, type InMemoryBackendOptions } from "./in-memory-backend.ts";
export { createInMemoryProvider, type InMemoryProviderOptions } from "./in-memory-provider.ts";
export { inMemoryWorkloads } from "./in-memory-workloads.ts";
export { type ReferencedObjects, resolvedPodOf } from "./resolved-pod-of.ts";
export { SkippingClock } from "./skipping-clock.ts";
export { TestPodContext } from "./test-pod-context.ts";
export { testPodUid } from "./test-pod-uid.ts";
export type { ReasonPattern } from "./translation-checks.ts";
