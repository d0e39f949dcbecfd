import { readRun, refuseWhileUnseen, unlessGone } from "@vkubelet/aws";
import type { PodContext, PodRef } from "@vkubelet/core";
import type { FargateClient } from "./client.ts";
import { describeAllTasks, listAllTasks, runsOf } from "./tasks.ts";
import { ownStopReason } from "./translate/observe-task.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { startedBy } from "./translate/requests.ts";

/** What stopping needs to know of the node. */
export interface StopOptions extends Pick<FargateTranslateOptions, "cluster" | "nodeName"> {
  /** For how long a task that was started may not be shown, in milliseconds. */
  readonly absenceGraceMs: number;
}

/**
 * Asks ECS to stop every task of the pod. The grace period was fixed when the definition was registered. Throws a
 * `Conflict` as long as ECS may not show a task that was begun.
 */
export async function stopRuns(
  client: FargateClient,
  { cluster, nodeName, absenceGraceMs }: StopOptions,
  ref: PodRef,
  context: PodContext,
): Promise<void> {
  const filter = { startedBy: startedBy(nodeName, ref.uid) };
  const listed = await listAllTasks(client, cluster, filter, context.signal);
  // A task that was just started may not be listed yet.
  const run = readRun(context.record);
  const arns = run?.id === undefined ? listed : [...listed, run.id];
  const tasks = await describeAllTasks(client, cluster, arns, context.signal);
  const open = tasks.filter(
    ({ desiredStatus, lastStatus }) => desiredStatus !== "STOPPED" && lastStatus !== "STOPPED",
  );
  const reason = `${ownStopReason}the pod was deleted`;
  await Promise.all(
    open.map(({ taskArn }) => unlessGone(client.stopTask(cluster, taskArn ?? "", reason, context.signal))),
  );
  const { clock } = context;
  refuseWhileUnseen({
    ref,
    run,
    shown: runsOf(tasks),
    service: "ECS",
    visibleAfterMs: absenceGraceMs,
    clock,
  });
}
