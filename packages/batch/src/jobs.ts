import type { JobDetail } from "@aws-sdk/client-batch";
import { describeAll, type FoundAs, listAll, runsAmong } from "@vkubelet/aws";
import type { BatchClient, ListedJob } from "./client.ts";
import { readIdentityParameters } from "./translate/job-names.ts";

/** Batch describes 100 jobs a call, and is limited for the whole account in calls that nobody publishes. */
const describeLimits = { perCall: 100, parallel: 3 } as const;

/** A job with the run that it is. */
export type JobRun = FoundAs<JobDetail>;

/** Every job of the queue, of every status, whose name is `name` or, with `*` at its end, begins so. */
async function listAllJobs(
  client: BatchClient,
  queue: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly ListedJob[]> {
  const jobs = await listAll(async (token) => {
    const page = await client.listJobs(queue, name, token, signal);
    return { items: page.jobs, nextToken: page.nextToken };
  });
  const prefix = name.endsWith("*") ? name.slice(0, -1) : undefined;
  return jobs.filter((job) => (prefix === undefined ? job.name === name : job.name.startsWith(prefix)));
}

/** The jobs of that name, and those of `furtherIds`, which a listing may not show yet. */
export async function findJobs(
  client: BatchClient,
  queue: string,
  name: string,
  signal: AbortSignal,
  furtherIds: readonly string[] = [],
): Promise<readonly JobDetail[]> {
  const listed = await listAllJobs(client, queue, name, signal);
  const ids = [...listed.map(({ id }) => id), ...furtherIds];
  return describeAll(ids, describeLimits, (chunk) => client.describeJobs(chunk, signal));
}

/** The runs among `jobs`, oldest first; jobs without a pod's identity are left out. */
export function runsOf(jobs: readonly JobDetail[]): readonly JobRun[] {
  return runsAmong(jobs, (job) => {
    const identity = readIdentityParameters(job.parameters);
    if (!identity || !job.jobId) return undefined;
    const { ref, attempt } = identity;
    return { id: job.jobId, uid: ref.uid, attempt, createdAt: job.createdAt ?? 0 };
  });
}

/** Whether nothing of a job runs or will ever run again. */
export function hasEnded({ status }: JobDetail): boolean {
  return status === "SUCCEEDED" || status === "FAILED";
}
