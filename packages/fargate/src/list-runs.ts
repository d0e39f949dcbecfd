import { latestRuns } from "@vkubelet/aws";
import type { FargateClient } from "./client.ts";
import { describeAllTasks, listAllTasks, runsOf, type TaskRun } from "./tasks.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { startedByPrefix } from "./translate/requests.ts";

/** Every run of the node that ECS knows, stopped ones for about an hour, oldest first. */
export async function listNodeRuns(
  client: FargateClient,
  { cluster, nodeName }: FargateTranslateOptions,
  signal: AbortSignal,
): Promise<readonly TaskRun[]> {
  // Running before stopped: a task that ends in between stands in the second list.
  const running = await listAllTasks(client, cluster, { desiredStatus: "RUNNING" }, signal);
  const stopped = await listAllTasks(client, cluster, { desiredStatus: "STOPPED" }, signal);
  const tasks = await describeAllTasks(client, cluster, [...running, ...stopped], signal);
  const prefix = startedByPrefix(nodeName);
  return runsOf(tasks.filter((task) => task.startedBy?.startsWith(prefix)));
}

/** What the latest listing held, by pod. A hint where to look first, never a proof of absence. */
export class ListedRuns {
  #byPod = new Map<string, readonly TaskRun[]>();

  replace(runs: readonly TaskRun[]): void {
    this.#byPod = Map.groupBy(runs, ({ uid }) => uid);
  }

  /** All runs of a pod, oldest first. */
  of(uid: string): readonly TaskRun[] {
    return this.#byPod.get(uid) ?? [];
  }

  /** The latest run of every pod; of several tasks for one run, the oldest. */
  latest(): readonly TaskRun[] {
    return [...this.#byPod.values()].flatMap((runs) => latestRuns(runs));
  }
}
