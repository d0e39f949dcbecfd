import { readRun, unlessGone } from "@vkubelet/aws";
import type { PodContext, PodRef } from "@vkubelet/core";
import type { FargateClient } from "./client.ts";
import { describeAllTasks, listAllTasks } from "./tasks.ts";
import { ownStopReason } from "./translate/observe-task.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { startedBy } from "./translate/requests.ts";

/** Asks ECS to stop every task of the pod. The grace period was fixed when the definition was registered. */
export async function stopRuns(
  client: FargateClient,
  { cluster, nodeName }: FargateTranslateOptions,
  ref: PodRef,
  context: PodContext,
): Promise<void> {
  const filter = { startedBy: startedBy(nodeName, ref.uid) };
  const listed = await listAllTasks(client, cluster, filter, context.signal);
  // A task that was just started may not be listed yet.
  const recorded = readRun(context.record)?.id;
  const arns = recorded === undefined ? listed : [...listed, recorded];
  const tasks = await describeAllTasks(client, cluster, arns, context.signal);
  const open = tasks.filter(
    ({ desiredStatus, lastStatus }) => desiredStatus !== "STOPPED" && lastStatus !== "STOPPED",
  );
  const reason = `${ownStopReason}the pod was deleted`;
  await Promise.all(
    open.map(({ taskArn }) => unlessGone(client.stopTask(cluster, taskArn ?? "", reason, context.signal))),
  );
}
