import { unlessGone } from "@vkubelet/aws";
import type { FargateClient } from "./client.ts";
import type { TaskRun } from "./tasks.ts";
import { ownStopReason } from "./translate/observe-task.ts";
import { unhealthyContainer } from "./translate/task-health.ts";

/**
 * Asks ECS to stop every task whose liveness has failed, since ECS itself only tells (API reference, HealthCheck: a
 * task outside of a service goes on whatever its health). The host then decides by the restart policy.
 */
export async function stopIllTasks(
  client: FargateClient,
  cluster: string,
  runs: readonly TaskRun[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    runs.map(async ({ id, item }) => {
      const container = unhealthyContainer(item);
      if (container === undefined) return;
      const reason = `${ownStopReason}container ${container} failed its livenessProbe`;
      await unlessGone(client.stopTask(cluster, id, reason, signal));
    }),
  );
}
