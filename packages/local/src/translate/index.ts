export type { LocalImage, LocalImages } from "./local-image.ts";
export type {
  LocalHost,
  PlannedContainer,
  PlannedHosts,
  PlannedMount,
  PlannedRestartRule,
  PlannedRoot,
  PlannedSecurity,
  PlannedVariable,
  PlannedVolume,
  ProcessPlan,
} from "./process-plan.ts";
export { defaultPath } from "./process-plan.ts";
export { localSupport } from "./support.ts";
export { localTranslator } from "./translate-pod.ts";
