export type { FargateTranslateOptions } from "./options.ts";
export type { FargateRequests } from "./requests.ts";
export { fargateSupport } from "./support.ts";
export { type FargateTranslation, translatePod } from "./translate-pod.ts";
