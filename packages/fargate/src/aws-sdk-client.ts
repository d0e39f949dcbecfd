import {
  ConflictException,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { type AwsEndpoint, callAws } from "@vkubelet/aws";
import { isProviderError, ProviderError } from "@vkubelet/core";
import type { FargateClient, TaskFilter } from "./client.ts";

/** {@link FargateClient} over the AWS SDK, with the SDK's default credentials. */
export function createEcsSdkClient(at: AwsEndpoint): FargateClient {
  const place = { region: at.region, ...(at.endpoint === undefined ? {} : { endpoint: at.endpoint }) };
  const reading = new ECSClient(place);
  // A repeated create after a lost reply starts a second task wherever the token is not kept (emulators, after a day).
  const creating = new ECSClient({ ...place, maxAttempts: 1 });
  return {
    findTaskDefinition: (family, signal) => findTaskDefinition(reading, family, signal),
    registerTaskDefinition: (request, signal) =>
      callAws(`registering task definition ${request.family}`, signal, async () => {
        const reply = await creating.send(new RegisterTaskDefinitionCommand(request), {
          abortSignal: signal,
        });
        return required(reply.taskDefinition?.taskDefinitionArn, "RegisterTaskDefinition", "an ARN");
      }),
    runTask: (request, signal) =>
      callAws(`starting a task in cluster ${request.cluster}`, signal, async () => {
        try {
          const reply = await creating.send(new RunTaskCommand(request), { abortSignal: signal });
          return { tasks: reply.tasks ?? [], failures: reply.failures ?? [], startedBefore: [] };
        } catch (error) {
          const startedBefore = error instanceof ConflictException ? (error.resourceIds ?? []) : [];
          if (startedBefore.length > 0) return { tasks: [], failures: [], startedBefore };
          throw error;
        }
      }),
    listTasks: (cluster, filter: TaskFilter, token, signal) =>
      callAws(`listing the tasks of cluster ${cluster}`, signal, async () => {
        const reply = await reading.send(new ListTasksCommand({ cluster, ...filter, nextToken: token }), {
          abortSignal: signal,
        });
        return { arns: reply.taskArns ?? [], nextToken: reply.nextToken };
      }),
    describeTasks: (cluster, arns, signal) =>
      callAws(`describing tasks of cluster ${cluster}`, signal, async () => {
        const reply = await reading.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }), {
          abortSignal: signal,
        });
        const failure = reply.failures?.find(({ reason }) => reason !== "MISSING");
        if (failure) {
          throw new ProviderError(
            "Unavailable",
            `describing task ${failure.arn}: ${failure.reason}${failure.detail ? `: ${failure.detail}` : ""}`,
          );
        }
        return reply.tasks ?? [];
      }),
    stopTask: (cluster, task, reason, signal) =>
      callAws(`stopping task ${task}`, signal, async () => {
        await reading.send(new StopTaskCommand({ cluster, task, reason }), { abortSignal: signal });
      }),
    clusterStatus: (cluster, signal) =>
      callAws(`describing cluster ${cluster}`, signal, async () => {
        const reply = await reading.send(new DescribeClustersCommand({ clusters: [cluster] }), {
          abortSignal: signal,
        });
        return reply.clusters?.[0]?.status;
      }),
    close: () => {
      reading.destroy();
      creating.destroy();
    },
  };
}

async function findTaskDefinition(
  client: ECSClient,
  family: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await callAws(`looking for task definition ${family}`, signal, async () => {
      const reply = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }), {
        abortSignal: signal,
      });
      const found = reply.taskDefinition;
      return found?.status === "ACTIVE" ? found.taskDefinitionArn : undefined;
    });
  } catch (error) {
    // ECS answers ClientException "Unable to describe task definition." for an unknown family.
    if (isProviderError(error) && error.code === "NotFound") return undefined;
    throw error;
  }
}

function required<T>(value: T | undefined, call: string, what: string): T {
  if (value === undefined) throw new ProviderError("Internal", `${call} answered without ${what}`);
  return value;
}
