import type { CallContext } from "@vkubelet/core";
import type { NomadClient } from "./client.ts";
import { isTerminal } from "./observe/job-entry.ts";
import type { Allocation, JobDetail } from "./wire.ts";

/**
 * Stops jobs without removing them, so that their end can still be seen. The time between stop signal and kill is part
 * of a started task and Nomad changes it no more, so a shorter grace period is kept here, by a kill of our own. Should
 * this process end before, the pod gets the time that it was created with, or less when the host repeats the deletion.
 */
export class PodStopper {
  readonly #client: NomadClient;
  readonly #kills = new Map<string, { readonly at: number; readonly cancel: AbortController }>();

  constructor(client: NomadClient) {
    this.#client = client;
  }

  /** Resolves when Nomad has accepted the stop. A job that does not exist is success. */
  async stop(id: string, gracePeriodSeconds: number, context: CallContext): Promise<void> {
    const job = await this.#client.readJob(id, context.signal);
    if (job === undefined) return;
    if (job.Stop !== true) await this.#client.deregisterJob(id, { purge: false }, context.signal);
    if (gracePeriodSeconds * 1_000_000_000 < longestKillTimeout(job)) {
      this.#killAfter(id, gracePeriodSeconds * 1_000, context);
    }
  }

  /** Drops what was to be killed later. */
  dispose(): void {
    for (const { cancel } of this.#kills.values()) cancel.abort(new Error("the provider was disposed of"));
    this.#kills.clear();
  }

  #killAfter(id: string, milliseconds: number, context: CallContext): void {
    const at = context.clock.monotonic() + milliseconds;
    const planned = this.#kills.get(id);
    if (planned !== undefined && planned.at <= at) return;
    planned?.cancel.abort(new Error("replaced by an earlier kill"));
    const kill = { at, cancel: new AbortController() };
    this.#kills.set(id, kill);
    const { signal } = kill.cancel;
    const work = async () => {
      await context.clock.sleep(milliseconds, signal);
      await this.#kill(id, { ...context, signal });
    };
    work()
      .catch((error: Error) => {
        if (!signal.aborted)
          context.logger.warn("kill after the grace period failed", { job: id, error: error.message });
      })
      .finally(() => {
        if (this.#kills.get(id) === kill) this.#kills.delete(id);
      });
  }

  /** A task that ends between the look and the signal answers with an error, which is no reason to spare the others. */
  async #kill(id: string, context: CallContext): Promise<void> {
    const allocations = await this.#client.listAllocations(id, context.signal);
    for (const { allocation, task } of allocations.flatMap(runningTasks)) {
      await this.#client.signalTask(allocation, task, "SIGKILL", context.signal).catch((error: Error) => {
        context.signal.throwIfAborted();
        context.logger.warn("kill of a task failed", { task, allocation, error: error.message });
      });
    }
  }
}

function longestKillTimeout(job: JobDetail): number {
  const tasks = (job.TaskGroups ?? []).flatMap((group) => group.Tasks ?? []);
  return Math.max(0, ...tasks.map((task) => task.KillTimeout ?? 0));
}

function runningTasks(allocation: Allocation): readonly { allocation: string; task: string }[] {
  if (isTerminal(allocation)) return [];
  return Object.entries(allocation.TaskStates ?? {})
    .filter(([, state]) => state.State === "running")
    .map(([task]) => ({ allocation: allocation.ID, task }));
}
