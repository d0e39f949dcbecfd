import type { JobDetail } from "@aws-sdk/client-batch";
import { type LogsClient, readLogStream, runForLogs } from "@vkubelet/aws";
import {
  type CallContext,
  type ContainerRef,
  formatPodRef,
  type LogLine,
  type LogOptions,
  ProviderError,
} from "@vkubelet/core";
import type { BatchClient } from "./client.ts";
import { findJobs, hasEnded, type JobRun, runsOf } from "./jobs.ts";
import { podJobsPrefix, readIdentityParameters } from "./translate/job-names.ts";
import type { BatchTranslateOptions } from "./translate/options.ts";

/** Group of jobs whose definition names none (user guide). */
const defaultGroup = "/aws/batch/job";

/** What reading logs needs of its provider. */
export interface ContainerLogsDependencies {
  readonly client: BatchClient;
  readonly logs: LogsClient;
  readonly options: BatchTranslateOptions;
}

/** The output of one container of the pod's latest run, or with `previous` of the run before. */
export async function* containerLogs(
  { client, logs, options: node }: ContainerLogsDependencies,
  ref: ContainerRef,
  options: LogOptions,
  context: CallContext,
): AsyncGenerator<LogLine> {
  const found = await findRun(client, node, ref, options.previous, context.signal);
  let { item: job } = found;
  const refresh = async () => {
    const [now] = await client.describeJobs([found.id], context.signal);
    job = now ?? job;
    return now === undefined || hasEnded(now);
  };
  // Batch names the stream itself, and only once the container has started.
  let stream = logStreamOf(job, ref);
  while (stream === undefined && options.follow && !hasEnded(job)) {
    await context.clock.sleep(2000, context.signal);
    await refresh();
    stream = logStreamOf(job, ref);
  }
  if (stream === undefined) return;
  yield* readLogStream(
    logs,
    {
      group: node.logs?.group ?? defaultGroup,
      stream,
      ended: refresh,
    },
    options,
    context,
  );
}

/** The stream of a container; undefined while there is none. Throws `NotFound` for a name that the job does not have. */
function logStreamOf(job: JobDetail, ref: ContainerRef): string | undefined {
  const several = job.ecsProperties?.taskProperties?.[0]?.containers;
  const one = several?.find(({ name }) => name === ref.container);
  if (one) return one.logStreamName;
  if (!several && readIdentityParameters(job.parameters)?.container === ref.container) {
    return job.container?.logStreamName;
  }
  throw new ProviderError("NotFound", `reading logs of ${formatPodRef(ref)}: no container ${ref.container}`);
}

async function findRun(
  client: BatchClient,
  { jobQueue, nodeName }: BatchTranslateOptions,
  ref: ContainerRef,
  previous: boolean,
  signal: AbortSignal,
): Promise<JobRun> {
  const jobs = await findJobs(client, jobQueue, `${podJobsPrefix(nodeName, ref.uid)}*`, signal);
  return runForLogs(runsOf(jobs), ref, { previous }, "Batch");
}
