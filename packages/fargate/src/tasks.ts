import type { Task } from "@aws-sdk/client-ecs";
import { chunked } from "@vkubelet/aws";
import { readIdentity } from "@vkubelet/aws/translate";
import type { FargateClient, TaskFilter } from "./client.ts";

/** ECS describes at most that many tasks a call. */
const describeLimit = 100;
/** Calls to describe tasks that run at once; well below the burst of 100 that an account has. */
const describeParallel = 5;

/** A task with the run that it is. */
export interface RunTaskFound {
  readonly arn: string;
  readonly uid: string;
  readonly attempt: number;
  readonly task: Task;
}

/** Every ARN that `filter` matches, all pages. */
export async function listAllTasks(
  client: FargateClient,
  cluster: string,
  filter: TaskFilter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const arns: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.listTasks(cluster, filter, token, signal);
    arns.push(...page.arns);
    token = page.nextToken;
  } while (token !== undefined);
  return arns;
}

/** The tasks of `arns` that ECS still knows, in bulk. */
export async function describeAllTasks(
  client: FargateClient,
  cluster: string,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  const unique = [...new Set(arns)];
  for (const group of chunked(chunked(unique, describeLimit), describeParallel)) {
    const replies = await Promise.all(group.map((chunk) => client.describeTasks(cluster, chunk, signal)));
    tasks.push(...replies.flat());
  }
  return tasks;
}

/** The runs among `tasks`, oldest first; tasks without a pod's identity are left out. */
export function runsOf(tasks: readonly Task[]): readonly RunTaskFound[] {
  return tasks
    .flatMap((task): RunTaskFound[] => {
      const identity = readIdentity(
        (task.overrides?.containerOverrides ?? []).flatMap((override) => override.environment ?? []),
      );
      return identity && task.taskArn
        ? [{ arn: task.taskArn, uid: identity.ref.uid, attempt: identity.attempt, task }]
        : [];
    })
    .sort((a, b) => createdAt(a) - createdAt(b) || (a.arn < b.arn ? -1 : 1));
}

function createdAt({ task }: RunTaskFound): number {
  return task.createdAt?.getTime() ?? 0;
}
