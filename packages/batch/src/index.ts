export { createBatchSdkClient } from "./aws-sdk-client.ts";
export type { BatchClient, JobPage, ListedJob } from "./client.ts";
export { type BatchOptions, parseBatchOptions } from "./options.ts";
export { type BatchDependencies, createBatchProvider } from "./provider.ts";
export type { BatchTranslateOptions } from "./translate/options.ts";
