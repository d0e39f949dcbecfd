import type { Task } from "@aws-sdk/client-ecs";
import { type LogsClient, readLogStream, runForLogs } from "@vkubelet/aws";
import {
  type CallContext,
  type ContainerRef,
  formatPodRef,
  type LogLine,
  type LogOptions,
  ProviderError,
} from "@vkubelet/core";
import type { FargateClient } from "./client.ts";
import { type ListedRuns, listNodeRuns } from "./list-runs.ts";
import { describeAllTasks, listAllTasks, runsOf, type TaskRun } from "./tasks.ts";
import { logStreamName } from "./translate/log-configuration.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { startedBy } from "./translate/requests.ts";

/** What reading logs needs of its provider. */
export interface ContainerLogsDependencies {
  readonly client: FargateClient;
  readonly logs: LogsClient;
  readonly listed: ListedRuns;
  readonly options: FargateTranslateOptions;
}

/** The output of one container of the pod's latest run, or with `previous` of the run before. */
export async function* containerLogs(
  dependencies: ContainerLogsDependencies,
  ref: ContainerRef,
  options: LogOptions,
  context: CallContext,
): AsyncGenerator<LogLine> {
  const { client, logs, options: node } = dependencies;
  if (!node.logs) {
    throw new ProviderError("Unsupported", "reading logs: the provider's option logs names no log group");
  }
  const { id: arn, item: task } = await findRun(dependencies, ref, options.previous, context.signal);
  if (!task.containers?.some(({ name }) => name === ref.container)) {
    throw new ProviderError(
      "NotFound",
      `reading logs of ${formatPodRef(ref)}: no container ${ref.container}`,
    );
  }
  const ended = async () => {
    const [now] = await client.describeTasks(node.cluster, [arn], context.signal);
    return now === undefined || containerEnded(now, ref.container);
  };
  yield* readLogStream(
    logs,
    {
      group: node.logs.group,
      stream: logStreamName(node.logs, ref.container, arn),
      ended,
    },
    options,
    context,
  );
}

function containerEnded(task: Task, name: string): boolean {
  if (task.lastStatus === "STOPPED") return true;
  return task.containers?.find((container) => container.name === name)?.lastStatus === "STOPPED";
}

async function findRun(
  { client, listed, options }: ContainerLogsDependencies,
  ref: ContainerRef,
  previous: boolean,
  signal: AbortSignal,
): Promise<TaskRun> {
  let runs = await freshRuns(client, options, ref, signal);
  if (previous || runs.length === 0) {
    runs = [...listed.of(ref.uid), ...runs];
    if (runs.length === 0) {
      const everything = await listNodeRuns(client, options, signal);
      runs = everything.filter(({ uid }) => uid === ref.uid);
    }
  }
  return runForLogs(runs, ref, { previous }, "ECS");
}

async function freshRuns(
  client: FargateClient,
  { cluster, nodeName }: FargateTranslateOptions,
  ref: ContainerRef,
  signal: AbortSignal,
): Promise<readonly TaskRun[]> {
  const filter = { startedBy: startedBy(nodeName, ref.uid) };
  const arns = await listAllTasks(client, cluster, filter, signal);
  return runsOf(await describeAllTasks(client, cluster, arns, signal));
}
