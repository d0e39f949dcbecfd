// status, restarts, audit
export { auditPod, rejectionOf } from "./audit.ts";
export { type BackoffOptions, type BackoffState, nextBackoff } from "./backoff.ts";
export { computePhase, isTerminalPhase, type PhaseInput } from "./phase.ts";
export type { ResolveWait } from "./resolve-wait.ts";
export {
  containerRestartable,
  type RestartDecision,
  restartDecision,
  unknownEndRestartable,
} from "./restart.ts";
export { computePodStatus } from "./status.ts";
export type { StatusInput } from "./status-input.ts";
export {
  type ContainerList,
  commonSupport,
  containerRules,
  type SupportRule,
  type SupportTable,
} from "./support-table.ts";
