// status, restarts, audit
export { auditPod, rejectionOf } from "./audit.ts";
export {
  type ContainerList,
  commonSupport,
  containerRules,
  type SupportRule,
  type SupportTable,
} from "./support-table.ts";
