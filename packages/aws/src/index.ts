export { type DescribeLimits, describeAll, type ListPage, listAll } from "./bulk-calls.ts";
export { type AwsEndpoint, createCloudWatchLogsClient } from "./cloudwatch-logs-client.ts";
export { type DefinitionCalls, DefinitionRegistry } from "./definition-registry.ts";
export { type CreateAnswer, ensureRun, type FoundRun, type RunBackend } from "./ensure-run.ts";
export { awsProviderError, callAws, isDefiniteRefusal } from "./errors.ts";
export { fileSystemSchema } from "./file-system-schema.ts";
export {
  type LogEvent,
  type LogPage,
  type LogPageRequest,
  type LogStreamRead,
  type LogsClient,
  readLogStream,
} from "./log-stream.ts";
export { type FoundAs, latestRuns, type PodRun, runForLogs, runsAmong } from "./pod-runs.ts";
export { type RunRecord, readRun, runRecordKey, writeRun } from "./run-record.ts";
export { unlessGone } from "./unless-gone.ts";
export { type RunSearch, refuseWhileUnseen } from "./unseen-run.ts";
