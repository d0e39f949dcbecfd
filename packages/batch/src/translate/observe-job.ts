import type { JobDetail, TaskContainerDetails } from "@aws-sdk/client-batch";
import { disruptionReason, isOutOfMemory, startFailureReason } from "@vkubelet/aws/translate";
import type { ContainerObservation, ContainerTermination, PodObservation } from "@vkubelet/core";
import { readIdentityParameters } from "./job-names.ts";

/** What every reason that this provider gives to TerminateJob begins with. */
export const ownStopReason = "vkubelet: ";

/** Texts with which Batch says that the job at the head of a queue cannot start (user guide, "Jobs stuck in RUNNABLE"). */
const blockedTexts = ["CAPACITY:", "MISCONFIGURATION:", "ACTION_REQUIRED", "UNDETERMINED"];

/**
 * What Batch says about a job, as an observation; undefined when the job carries no identity of a pod. `version` is the
 * time at which the poll began.
 */
export function observeJob(job: JobDetail, version: number): PodObservation | undefined {
  const identity = readIdentityParameters(job.parameters);
  if (!identity) return undefined;
  const { container, ...run } = identity;
  const ended = job.status === "SUCCEEDED" || job.status === "FAILED";
  const waiting = waitingReason(job);
  const failure = job.status === "FAILED" ? failureOf(job) : undefined;
  const startedAt = timeOf(job.startedAt);
  const ip = addressOf(job);
  return {
    ...run,
    version,
    state: ended ? "ended" : waiting ? "waiting" : "active",
    ...(waiting ? { reason: waiting } : {}),
    ...(job.statusReason ? { message: job.statusReason } : {}),
    ...(failure ? { failure } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(ip ? { podIPs: [ip] } : {}),
    containers: waiting ? [] : observeContainers(job, container),
  };
}

function waitingReason({ status, statusReason }: JobDetail): string | undefined {
  switch (status) {
    case "SUBMITTED":
      return "BatchSubmitted";
    case "PENDING":
      return "BatchPending";
    case "RUNNABLE":
      return blockedTexts.some((text) => statusReason?.includes(text)) ? "BatchQueueBlocked" : "BatchQueued";
    default:
      return undefined;
  }
}

/** Batch writes milliseconds since the epoch, and 0 for what has not happened. */
function timeOf(milliseconds: number | undefined): string | undefined {
  return milliseconds ? new Date(milliseconds).toISOString() : undefined;
}

function containersOf(job: JobDetail): readonly TaskContainerDetails[] {
  return job.ecsProperties?.taskProperties?.[0]?.containers ?? [];
}

function addressOf(job: JobDetail): string | undefined {
  const interfaces = [job.container, ...containersOf(job)].flatMap((entry) => entry?.networkInterfaces ?? []);
  return interfaces.find(({ privateIpv4Address }) => privateIpv4Address)?.privateIpv4Address;
}

/** The least of what the two shapes say about a container. */
interface Said {
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly image?: string | undefined;
}

function observeContainers(job: JobDetail, only: string): readonly ContainerObservation[] {
  const several = containersOf(job);
  if (several.length === 0) return [observeContainer(job, only, job.container ?? {}, false)];
  const waitedFor = new Set(several.flatMap(initsBefore));
  return several.flatMap(({ name, ...said }) => {
    if (!isOfPod(name)) return [];
    if (said.exitCode === undefined && initFailedBefore(said, several)) {
      return [{ name, restartCount: 0, state: { type: "waiting", reason: "PodInitializing" } }];
    }
    return [observeContainer(job, name, said, waitedFor.has(name))];
  });
}

/** Helpers of this provider have `_` in their names, which a pod's container cannot have. */
function isOfPod(name: string | undefined): name is string {
  return name !== undefined && !name.includes("_");
}

/** The init containers that have to succeed before this one starts. */
function initsBefore({ dependsOn = [] }: Pick<TaskContainerDetails, "dependsOn">): readonly string[] {
  return dependsOn.flatMap(({ condition, containerName }) =>
    condition === "SUCCESS" && containerName !== undefined ? [containerName] : [],
  );
}

/** Whether an init container of the pod failed that comes before this one, which then never starts (pod-semantics I1). */
function initFailedBefore(
  container: Pick<TaskContainerDetails, "dependsOn">,
  several: readonly TaskContainerDetails[],
): boolean {
  return initsBefore(container).some((before) => {
    const init = several.find(({ name }) => name === before);
    if (init === undefined || !isOfPod(init.name)) return false;
    return init.exitCode === undefined ? initFailedBefore(init, several) : init.exitCode !== 0;
  });
}

function observeContainer(job: JobDetail, name: string, said: Said, isInit: boolean): ContainerObservation {
  const base = { name, restartCount: 0, ...(said.image ? { image: said.image } : {}) };
  // Batch names no containers, and runs each once a job.
  const instanceId = `${job.jobId ?? ""}-${name}`;
  const startedAt = timeOf(job.startedAt);
  const ended = job.status === "SUCCEEDED" || job.status === "FAILED";
  if (said.exitCode === undefined && !ended) {
    if (job.status !== "RUNNING") {
      return { ...base, state: { type: "waiting", reason: "ContainerCreating" } };
    }
    return {
      ...base,
      instanceId,
      // A job runs once every init container has ended with success.
      state: isInit
        ? { type: "terminated", exitCode: 0 }
        : { type: "running", ...(startedAt ? { startedAt } : {}) },
    };
  }
  return { ...base, instanceId, state: { type: "terminated", ...terminationOf(job, said) } };
}

function terminationOf(job: JobDetail, { exitCode, reason }: Said): ContainerTermination {
  const startedAt = timeOf(job.startedAt);
  const finishedAt = timeOf(job.stoppedAt);
  const known = isOutOfMemory(reason) ? "OOMKilled" : undefined;
  // A job succeeds only when its essential containers exited with 0, whether or not the code is repeated.
  const code = exitCode ?? (job.status === "SUCCEEDED" ? 0 : 137);
  const unknown = exitCode === undefined && job.status !== "SUCCEEDED";
  const why = known ?? (unknown ? (startFailureReason(reason) ?? "ContainerStatusUnknown") : undefined);
  return {
    exitCode: code,
    ...(why ? { reason: why } : {}),
    ...(reason ? { message: reason } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(finishedAt ? { finishedAt } : {}),
  };
}

/** Why the job failed as a whole; undefined when its containers ended by themselves or we terminated it. */
function failureOf(job: JobDetail): PodObservation["failure"] {
  const text = job.statusReason;
  const message = text ? { message: text } : {};
  if (text?.startsWith(ownStopReason)) return undefined;
  const disruption = disruptionReason(text);
  if (disruption) return { reason: disruption, ...message, disruption: true };
  if (text?.includes("Job attempt duration exceeded timeout"))
    return { reason: "DeadlineExceeded", ...message };
  if (text?.includes("JobStateTimeLimit")) return { reason: "BatchQueueTimeLimit", ...message };
  if (job.isTerminated || job.isCancelled) return { reason: "JobTerminatedExternally", ...message };
  const said = [job.container, ...containersOf(job)];
  if (said.some((entry) => entry?.exitCode !== undefined)) return undefined;
  const start = [text, ...said.map((entry) => entry?.reason)].map(startFailureReason).find(Boolean);
  return { reason: start ?? "BatchJobFailed", ...message };
}
