export { createEcsSdkClient } from "./aws-sdk-client.ts";
export type { FargateClient, RunTaskReply, TaskFilter, TaskPage } from "./client.ts";
export { type FargateOptions, parseFargateOptions } from "./options.ts";
export { createFargateProvider, type FargateDependencies } from "./provider.ts";
export type { FargateTranslateOptions } from "./translate/options.ts";
