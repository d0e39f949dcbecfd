import {
  type CreateAnswer,
  type DefinitionRegistry,
  isDefiniteRefusal,
  type RunBackend,
} from "@vkubelet/aws";
import { formatPodRef, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { acceptTranslation } from "@vkubelet/pod";
import type { FargateClient, RunTaskReply } from "./client.ts";
import { describeAllTasks, listAllTasks, runsOf } from "./tasks.ts";
import { ownStopReason } from "./translate/observe-task.ts";
import type { FargateTranslateOptions } from "./translate/options.ts";
import { clientToken, type FargateRequests, startedBy } from "./translate/requests.ts";
import { fargateTranslator } from "./translate/translate-pod.ts";

/**
 * ECS keeps a token for the task's life and an hour, and a stopped task for about an hour. Some minutes are left for
 * clocks that differ.
 */
const forgottenAfterMs = 50 * 60_000;

/** ECS as {@link RunBackend}: the token makes a repeated RunTask harmless for as long as ECS keeps it. */
export function fargateRuns(
  client: FargateClient,
  definitions: DefinitionRegistry,
  options: FargateTranslateOptions,
): RunBackend<FargateRequests> {
  return {
    service: "ECS",
    visibleAfterMs: 0,
    forgottenAfterMs,
    translate: (pod, context) => {
      const requests = acceptTranslation(fargateTranslator.translate(pod, options), "fargate", context);
      return { definition: requests.registerTaskDefinition.family ?? "", requests };
    },
    ensureDefinition: ({ registerTaskDefinition }, signal) => {
      const family = registerTaskDefinition.family ?? "";
      const calls = {
        exists: async () => (await client.findTaskDefinition(family, signal)) !== undefined,
        register: async () => {
          await client.registerTaskDefinition(registerTaskDefinition, signal);
        },
      };
      return definitions.ensure(family, calls, signal);
    },
    find: async (pod, run, signal) => {
      // Running before stopped: a task that ends in between stands in the second list.
      const filter = { startedBy: startedBy(options.nodeName, pod.ref.uid) };
      const running = await listAllTasks(client, options.cluster, filter, signal);
      const stoppedFilter = { desiredStatus: "STOPPED", family: run.definition } as const;
      const stopped = await listAllTasks(client, options.cluster, stoppedFilter, signal);
      const tasks = await describeAllTasks(client, options.cluster, [...running, ...stopped], signal);
      return runsOf(tasks)
        .filter(({ uid, attempt }) => uid === pod.ref.uid && attempt === pod.attempt)
        .map(({ id, item: task }) => ({ id, ended: task.desiredStatus === "STOPPED" }));
    },
    create: async (pod, requests, run, signal) => {
      const token = clientToken(pod.ref, pod.attempt, run.refusals);
      try {
        return answerOf(pod, await client.runTask({ ...requests.runTask, clientToken: token }, signal));
      } catch (error) {
        if (isDefiniteRefusal(error)) definitions.forget(run.definition);
        throw error;
      }
    },
    stop: (id, reason, signal) => client.stopTask(options.cluster, id, `${ownStopReason}${reason}`, signal),
  };
}

const capacityTexts = ["Capacity is unavailable", "limit on the number of", "above your limit", "RESOURCE:"];

function answerOf(pod: ResolvedPod, { tasks, failures, startedBefore }: RunTaskReply): CreateAnswer {
  const id = tasks[0]?.taskArn ?? startedBefore[0];
  if (id !== undefined) return { type: "created", id };
  const text =
    failures
      .map(({ reason, detail }) => [reason, detail].filter((part) => part !== undefined).join(": "))
      .join("; ") || "ECS gave no reason";
  const full = capacityTexts.some((part) => text.includes(part));
  const error = new ProviderError(
    full ? "CapacityExceeded" : "Internal",
    `starting ${formatPodRef(pod.ref)}: no task was started: ${text}`,
    { reason: full ? "FargateCapacity" : "TaskNotStarted" },
  );
  return { type: "refused", error };
}
