import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { callAws } from "./errors.ts";
import type { LogsClient } from "./log-stream.ts";

/** Where the services of one account and region are. */
export interface AwsEndpoint {
  readonly region: string;
  /** Base URL of an emulator or a VPC endpoint; absent: AWS itself. */
  readonly endpoint?: string | undefined;
}

/** {@link LogsClient} over the AWS SDK, with the SDK's default credentials. */
export function createCloudWatchLogsClient(at: AwsEndpoint): LogsClient & { close(): void } {
  const client = new CloudWatchLogsClient({
    region: at.region,
    ...(at.endpoint === undefined ? {} : { endpoint: at.endpoint }),
  });
  return {
    getLogEvents: (request, signal) =>
      callAws(`reading log stream ${request.stream} of group ${request.group}`, signal, async () => {
        const page = await client.send(
          new GetLogEventsCommand({
            logGroupName: request.group,
            logStreamName: request.stream,
            startFromHead: request.fromHead,
            nextToken: request.token,
            startTime: request.startTime,
            limit: request.limit,
          }),
          { abortSignal: signal },
        );
        return {
          events: (page.events ?? []).map((event) => ({
            timestamp: event.timestamp ?? 0,
            message: event.message ?? "",
          })),
          forwardToken: page.nextForwardToken,
          backwardToken: page.nextBackwardToken,
        };
      }),
    close: () => client.destroy(),
  };
}
