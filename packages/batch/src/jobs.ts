import type { JobDetail } from "@aws-sdk/client-batch";
import { chunked } from "@vkubelet/aws";
import type { BatchClient, ListedJob } from "./client.ts";
import { readIdentityParameters } from "./translate/job-names.ts";

/** Batch describes at most that many jobs a call. */
const describeLimit = 100;
/** DescribeJobs is limited for the whole account, in calls that nobody publishes. */
const describeParallel = 3;

/** A job with the run that it is. */
export interface JobOfRun {
  readonly id: string;
  readonly uid: string;
  readonly attempt: number;
  readonly job: JobDetail;
}

/** Every job of the queue, of every status, whose name is `name` or, with `*` at its end, begins so. */
export async function listAllJobs(
  client: BatchClient,
  queue: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly ListedJob[]> {
  const jobs: ListedJob[] = [];
  let token: string | undefined;
  do {
    const page = await client.listJobs(queue, name, token, signal);
    jobs.push(...page.jobs);
    token = page.nextToken;
  } while (token !== undefined);
  const prefix = name.endsWith("*") ? name.slice(0, -1) : undefined;
  return jobs.filter((job) => (prefix === undefined ? job.name === name : job.name.startsWith(prefix)));
}

/** The jobs of `ids` that Batch knows, in bulk. */
export async function describeAllJobs(
  client: BatchClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly JobDetail[]> {
  const jobs: JobDetail[] = [];
  for (const group of chunked(chunked([...new Set(ids)], describeLimit), describeParallel)) {
    const replies = await Promise.all(group.map((chunk) => client.describeJobs(chunk, signal)));
    jobs.push(...replies.flat());
  }
  return jobs;
}

/** The runs among `jobs`, oldest first; jobs without a pod's identity are left out. */
export function runsOf(jobs: readonly JobDetail[]): readonly JobOfRun[] {
  return jobs
    .flatMap((job): JobOfRun[] => {
      const identity = readIdentityParameters(job.parameters);
      return identity && job.jobId
        ? [{ id: job.jobId, uid: identity.ref.uid, attempt: identity.attempt, job }]
        : [];
    })
    .sort((a, b) => (a.job.createdAt ?? 0) - (b.job.createdAt ?? 0) || (a.id < b.id ? -1 : 1));
}

/** Whether nothing of a job runs or will ever run again. */
export function hasEnded({ status }: JobDetail): boolean {
  return status === "SUCCEEDED" || status === "FAILED";
}
