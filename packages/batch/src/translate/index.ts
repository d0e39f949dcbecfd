export type { BatchTranslateOptions } from "./options.ts";
export type { BatchRequests } from "./requests.ts";
export { batchSupport } from "./support.ts";
export { type BatchTranslation, translatePod } from "./translate-pod.ts";
