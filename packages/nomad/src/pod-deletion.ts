import type { CallContext } from "@vkubelet/core";
import type { NomadClient } from "./client.ts";
import { isTerminal } from "./observe/job-entry.ts";
import { nanoseconds } from "./translate/job-spec.ts";
import type { Allocation, JobDetail } from "./wire.ts";

/**
 * Stops the job without removing it, so that its end can still be seen. A grace period shorter than the job's own is
 * written into the job first, which Nomad does in place; zero kills at once by signal as well, since a stop under way
 * keeps the time that it began with.
 */
export async function stopJob(
  client: NomadClient,
  id: string,
  gracePeriodSeconds: number,
  context: CallContext,
): Promise<void> {
  const job = await client.readJob(id, context.signal);
  if (job === undefined) return;
  if (job.Stop !== true) {
    const killTimeout = Math.max(1_000_000, nanoseconds(gracePeriodSeconds));
    if (longestKillTimeout(job) > killTimeout) {
      await client.updateJob(withKillTimeout(job, killTimeout), job.JobModifyIndex, context.signal);
    }
    await client.deregisterJob(id, { purge: false }, context.signal);
  } else if (gracePeriodSeconds === 0) {
    await killNow(client, await client.listAllocations(id, context.signal), context);
  }
}

function longestKillTimeout(job: JobDetail): number {
  const tasks = (job.TaskGroups ?? []).flatMap((group) => group.Tasks ?? []);
  return Math.max(0, ...tasks.map((task) => task.KillTimeout ?? 0));
}

function withKillTimeout(job: JobDetail, killTimeout: number): JobDetail {
  const groups = (job.TaskGroups ?? []).map((group) => ({
    ...group,
    Tasks: (group.Tasks ?? []).map((task) => ({
      ...task,
      KillTimeout: Math.min(task.KillTimeout ?? killTimeout, killTimeout),
    })),
  }));
  return { ...job, TaskGroups: groups };
}

/** Tasks that end between the look and the signal answer with an error; the next look tells. */
async function killNow(
  client: NomadClient,
  allocations: readonly Allocation[],
  context: CallContext,
): Promise<void> {
  for (const allocation of allocations.filter((candidate) => !isTerminal(candidate))) {
    for (const [task, state] of Object.entries(allocation.TaskStates ?? {})) {
      if (state.State !== "running") continue;
      await client.signalTask(allocation.ID, task, "SIGKILL", context.signal).catch((error: Error) => {
        context.signal.throwIfAborted();
        context.logger.warn("kill of a task failed", {
          task,
          allocation: allocation.ID,
          error: error.message,
        });
      });
    }
  }
}
