import type { Task } from "@aws-sdk/client-ecs";
import { describeAll, type FoundAs, listAll, runsAmong } from "@vkubelet/aws";
import { readIdentity } from "@vkubelet/aws/translate";
import type { FargateClient, TaskFilter } from "./client.ts";

/** ECS describes 100 tasks a call; five calls at once are well below the burst of 100 that an account has. */
const describeLimits = { perCall: 100, parallel: 5 } as const;

/** A task with the run that it is. */
export type TaskRun = FoundAs<Task>;

/** Every ARN that `filter` matches. */
export function listAllTasks(
  client: FargateClient,
  cluster: string,
  filter: TaskFilter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return listAll(async (token) => {
    const { arns, nextToken } = await client.listTasks(cluster, filter, token, signal);
    return { items: arns, nextToken };
  });
}

/** The tasks of `arns` that ECS still knows, in bulk. */
export function describeAllTasks(
  client: FargateClient,
  cluster: string,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<readonly Task[]> {
  return describeAll(arns, describeLimits, (chunk) => client.describeTasks(cluster, chunk, signal));
}

/** The runs among `tasks`, oldest first; tasks without a pod's identity are left out. */
export function runsOf(tasks: readonly Task[]): readonly TaskRun[] {
  return runsAmong(tasks, (task) => {
    const overrides = task.overrides?.containerOverrides ?? [];
    const identity = readIdentity(overrides.flatMap(({ environment }) => environment ?? []));
    if (!identity || !task.taskArn) return undefined;
    const { ref, attempt } = identity;
    return { id: task.taskArn, uid: ref.uid, attempt, createdAt: task.createdAt?.getTime() ?? 0 };
  });
}
