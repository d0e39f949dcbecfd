import { isDefiniteRefusal } from "@vkubelet/aws";
import { formatPodRef, type PodContext, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { rejectionOf } from "@vkubelet/pod";
import type { FargateClient, RunTaskReply } from "./client.ts";
import { type RunRecord, readRun, writeRun } from "./run-record.ts";
import type { TaskDefinitions } from "./task-definitions.ts";
import { describeAllTasks, listAllTasks, runsOf } from "./tasks.ts";
import { ownStopReason } from "./translate/observe-task.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { clientToken, type FargateRequests, startedBy } from "./translate/requests.ts";
import { translatePod } from "./translate/translate-pod.ts";

/**
 * ECS keeps a token for the task's life and an hour, and a stopped task for about an hour. An intent older than that
 * whose task is not found may have run and been forgotten. Some minutes are left for clocks that differ.
 */
export const intentLifeMs = 50 * 60_000;

/** What starting a run needs of its provider. */
export interface StartRunDependencies {
  readonly client: FargateClient;
  readonly definitions: TaskDefinitions;
  readonly options: FargateTranslateOptions;
}

/**
 * Sees to it that exactly one task exists for the run. The order makes every crash harmless:
 * 1. the intent, with the token, becomes durable; 2. RunTask; 3. the task's ARN becomes durable.
 * An intent without an ARN means that a task may exist: it is looked for before RunTask is repeated with the same
 * token, and a failed look-up throws.
 */
export async function startRun(
  dependencies: StartRunDependencies,
  pod: ResolvedPod,
  context: PodContext,
): Promise<void> {
  const earlier = readRun(context.record);
  if (earlier !== undefined && earlier.attempt > pod.attempt) {
    throw new ProviderError(
      "Conflict",
      `starting run ${pod.attempt} of ${formatPodRef(pod.ref)}: run ${earlier.attempt} was started already`,
    );
  }
  const run = earlier?.attempt === pod.attempt ? earlier : undefined;
  if (run?.task !== undefined) return;
  const mayExist = run !== undefined && run.refused !== true;
  if (mayExist && (await adopt(dependencies, pod, run, context))) return;
  const requests = translated(dependencies.options, pod, context);
  await dependencies.definitions.ensure(requests.registerTaskDefinition, context.signal);
  const intent = await writeIntent(pod, requests, run, mayExist, context);
  const arn = await runOnce(dependencies, pod, requests, intent, context);
  await writeRun(context.record, { ...intent, task: arn });
}

function translated(
  options: FargateTranslateOptions,
  pod: ResolvedPod,
  { notify }: PodContext,
): FargateRequests {
  const { requests, report } = translatePod(pod, options);
  const rejection = rejectionOf(report, "fargate");
  if (rejection) throw rejection;
  if (!requests) throw new ProviderError("Internal", "translation gave neither requests nor a rejection");
  const approximated = report.entries.filter(({ disposition }) => disposition === "approx");
  if (approximated.length > 0) {
    const text = approximated.map(({ path, reason }) => `${path}: ${reason}`).join("; ");
    notify({ type: "Normal", reason: "FieldsApproximated", message: text.slice(0, 1000) });
  }
  return requests;
}

/** Finds the task of an intent. Of several, possible only where tokens are ignored, the oldest stays. */
async function adopt(
  { client, options }: StartRunDependencies,
  pod: ResolvedPod,
  run: RunRecord,
  context: PodContext,
): Promise<boolean> {
  const { cluster, nodeName } = options;
  // Running before stopped: a task that ends in between stands in the second list.
  const filter = { startedBy: startedBy(nodeName, pod.ref.uid) };
  const running = await listAllTasks(client, cluster, filter, context.signal);
  const stoppedFilter = { desiredStatus: "STOPPED", family: run.family } as const;
  const stopped = await listAllTasks(client, cluster, stoppedFilter, context.signal);
  const tasks = await describeAllTasks(client, cluster, [...running, ...stopped], context.signal);
  const [kept, ...extra] = runsOf(tasks).filter(
    ({ uid, attempt }) => uid === pod.ref.uid && attempt === pod.attempt,
  );
  if (kept === undefined) {
    if (context.clock.now() - run.at <= intentLifeMs) return false;
    throw new ProviderError(
      "Unsupported",
      `starting ${formatPodRef(pod.ref)}: its start was begun at ${new Date(run.at).toISOString()} and ECS no longer tells whether it took place; the pod is not run a second time`,
      { reason: "RunUnknown" },
    );
  }
  for (const { arn, task } of extra) {
    if (task.desiredStatus === "STOPPED") continue;
    context.logger.warn("stopping a second task of the same run", { task: arn, kept: kept.arn });
    await client.stopTask(cluster, arn, `${ownStopReason}duplicate of ${kept.arn}`, context.signal);
  }
  await writeRun(context.record, { ...run, task: kept.arn });
  return true;
}

async function writeIntent(
  pod: ResolvedPod,
  requests: FargateRequests,
  run: RunRecord | undefined,
  mayExist: boolean,
  context: PodContext,
): Promise<RunRecord> {
  const refusals = run?.refusals ?? 0;
  const intent: RunRecord = {
    attempt: pod.attempt,
    token: clientToken(pod.ref, pod.attempt, refusals),
    family: requests.registerTaskDefinition.family ?? "",
    // The life of a token counts from its first use.
    at: mayExist && run !== undefined ? run.at : context.clock.now(),
    ...(refusals > 0 ? { refusals } : {}),
  };
  const unchanged = mayExist && run !== undefined && run.family === intent.family;
  if (!unchanged) await writeRun(context.record, intent);
  return intent;
}

/** RunTask, whose definite refusals are noted so that the next try need not look for a task. */
async function runOnce(
  { client, definitions }: StartRunDependencies,
  pod: ResolvedPod,
  requests: FargateRequests,
  intent: RunRecord,
  context: PodContext,
): Promise<string> {
  let reply: RunTaskReply;
  try {
    reply = await client.runTask({ ...requests.runTask, clientToken: intent.token }, context.signal);
  } catch (error) {
    if (isDefiniteRefusal(error)) {
      definitions.forget(intent.family);
      await noteRefusal(intent, intent.refusals ?? 0, context);
    }
    throw error;
  }
  const arn = reply.tasks[0]?.taskArn ?? reply.startedBefore[0];
  if (arn !== undefined) return arn;
  // ECS repeats this answer for as long as it keeps the token: the next try needs another.
  await noteRefusal(intent, (intent.refusals ?? 0) + 1, context);
  throw refusalError(pod, reply);
}

async function noteRefusal(intent: RunRecord, refusals: number, context: PodContext): Promise<void> {
  try {
    await writeRun(context.record, { ...intent, refused: true, ...(refusals > 0 ? { refusals } : {}) });
  } catch (error) {
    // The refusal itself is what the caller must hear; without the note the next try merely looks first.
    context.logger.warn("could not note that no task was started", { error: String(error) });
  }
}

const capacityTexts = ["Capacity is unavailable", "limit on the number of", "above your limit", "RESOURCE:"];

function refusalError(pod: ResolvedPod, { failures }: RunTaskReply): ProviderError {
  const text =
    failures
      .map(({ reason, detail }) => [reason, detail].filter((part) => part !== undefined).join(": "))
      .join("; ") || "ECS gave no reason";
  const full = capacityTexts.some((part) => text.includes(part));
  return new ProviderError(
    full ? "CapacityExceeded" : "Internal",
    `starting ${formatPodRef(pod.ref)}: no task was started: ${text}`,
    { reason: full ? "FargateCapacity" : "TaskNotStarted" },
  );
}
