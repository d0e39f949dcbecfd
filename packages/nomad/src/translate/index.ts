export { jobId, jobPrefix } from "./identity.ts";
export type {
  Constraint,
  JobSpec,
  NetworkSpec,
  RegisterBody,
  RestartPolicySpec,
  Task,
  TaskGroup,
  TaskResources,
  TaskSecret,
  Template,
  VolumeMountSpec,
  VolumeRequest,
} from "./job-spec.ts";
export {
  defaultTranslateOptions,
  type NomadDriver,
  type NomadTranslateOptions,
  type NomadVolume,
} from "./options.ts";
export { supportTable } from "./support.ts";
export { type NomadRequests, nomadTranslator } from "./translate-pod.ts";
export type { VariableItems, VariableRequest } from "./variables.ts";
