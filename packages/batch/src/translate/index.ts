export type { BatchTranslateOptions } from "./options.ts";
export type { BatchRequests } from "./requests.ts";
export { batchSupport } from "./support.ts";
export { batchTranslator } from "./translate-pod.ts";
