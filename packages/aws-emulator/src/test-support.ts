import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from "@aws-sdk/client-ecs";
import type { EmulatorClock } from "./clock.ts";
import type { AwsEmulatorOptions } from "./options.ts";
import { type AwsEmulator, startAwsEmulator } from "./start-aws-emulator.ts";

/** The SDK's own clients of one emulator, disposed together. */
export interface TestClients extends AsyncDisposable {
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
  readonly batch: BatchClient;
}

/** Clients with their emulator. */
export interface TestBench extends TestClients {
  readonly emulator: AwsEmulator;
}

export function clientsOf({
  endpoint,
  region,
  credentials,
}: Pick<AwsEmulator, "endpoint" | "region" | "credentials">): TestClients {
  const at = { endpoint, region, credentials, maxAttempts: 1 };
  const clients = {
    ecs: new ECSClient(at),
    logs: new CloudWatchLogsClient(at),
    batch: new BatchClient(at),
  };
  return {
    ...clients,
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export async function testBench(options: AwsEmulatorOptions = {}): Promise<TestBench> {
  const emulator = await startAwsEmulator(options);
  const clients = clientsOf(emulator);
  return {
    ...clients,
    emulator,
    async [Symbol.asyncDispose]() {
      await clients[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** Containers as a Fargate definition. */
export function definition(
  containers: readonly ContainerDefinition[],
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family: "demo",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    containerDefinitions: [...containers],
    ...more,
  };
}

/** A container that runs a shell text. */
export function shell(
  name: string,
  text: string,
  more: Partial<ContainerDefinition> = {},
): ContainerDefinition {
  return { name, image: "busybox", command: ["sh", "-c", text], ...more };
}

/** RunTask's request on Fargate. */
export function runInput(more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
  return {
    taskDefinition: "demo",
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    ...more,
  };
}

/** Registers the containers as `demo` and runs them once. */
export async function runContainers(
  { ecs }: TestClients,
  containers: readonly ContainerDefinition[],
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<string> {
  await ecs.send(new RegisterTaskDefinitionCommand(definition(containers, more)));
  const { tasks } = await ecs.send(new RunTaskCommand(runInput()));
  return tasks?.[0]?.taskArn ?? "";
}

/** Asks until the answer satisfies; how fast plays no part. */
export async function until<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The task as soon as it satisfies. */
export function untilTask(
  { ecs }: TestClients,
  arn: string,
  satisfied: (task: Task) => boolean,
): Promise<Task> {
  const ask = async () => {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: [arn], include: ["TAGS"] }));
    return tasks?.[0] ?? {};
  };
  return until(ask, satisfied);
}

/** The task at its end. */
export function ended(bench: TestClients, arn: string): Promise<Task> {
  return untilTask(bench, arn, ({ lastStatus }) => lastStatus === "STOPPED");
}

/** A clock that moves only when told to. */
export class ManualClock implements EmulatorClock {
  #now = Date.parse("2026-01-01T00:00:00Z");
  #sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = { due: this.#now + milliseconds, wake: resolve };
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
      this.#sleepers.push(sleeper);
    });
  }

  /** How many sleeps are pending. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves on and wakes whoever is due. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#sleepers.filter((sleeper) => sleeper.due <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.due > this.#now);
    for (const sleeper of due) sleeper.wake();
  }
}

/** A log configuration into the group `demo`, which is made when it is missing. */
export const toLogs = {
  logDriver: "awslogs",
  options: {
    "awslogs-group": "demo",
    "awslogs-region": "us-east-1",
    "awslogs-stream-prefix": "p",
    "awslogs-create-group": "true",
  },
} as const;

/** The messages of a container that writes {@link toLogs}, oldest first; none before it has started. */
export async function messages(
  { logs }: TestClients,
  arn: string,
  container = "main",
): Promise<readonly string[]> {
  const logStreamName = `p/${container}/${arn.slice(arn.lastIndexOf("/") + 1)}`;
  const request = new GetLogEventsCommand({ logGroupName: "demo", logStreamName, startFromHead: true });
  try {
    return ((await logs.send(request)).events ?? []).map(({ message = "" }) => message);
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
}

/** A running task of one container that has written `ready`. */
export async function runUntilReady(
  bench: TestClients,
  container: ContainerDefinition,
  others: readonly ContainerDefinition[] = [],
): Promise<string> {
  const arn = await runContainers(bench, [{ ...container, logConfiguration: toLogs }, ...others]);
  await untilTask(bench, arn, ({ lastStatus }) => lastStatus === "RUNNING");
  await until(
    () => messages(bench, arn, container.name),
    (lines) => lines.includes("ready"),
  );
  return arn;
}
