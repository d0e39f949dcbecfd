export { jobExistsReason, type LogRequest, type NomadClient } from "./client.ts";
export { type NomadProviderOptions, type ParsedNomadOptions, parseNomadOptions } from "./options.ts";
export { createNomadProvider, type NomadProviderDependencies } from "./provider.ts";
export type {
  Allocation,
  AllocationMetric,
  Evaluation,
  EventBatch,
  JobDetail,
  JobStub,
  LogFrame,
  NodeStub,
  NomadEvent,
  TaskEvent,
  TaskState,
} from "./wire.ts";
