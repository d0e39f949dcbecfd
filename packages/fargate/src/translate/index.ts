export type { FargateTranslateOptions } from "./options.ts";
export type { FargateRequests } from "./requests.ts";
export { fargateSupport } from "./support.ts";
export { fargateTranslator } from "./translate-pod.ts";
