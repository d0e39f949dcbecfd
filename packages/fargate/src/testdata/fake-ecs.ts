import type { RunTaskCommandInput, Task } from "@aws-sdk/client-ecs";
import { ProviderError } from "@vkubelet/core";
import type { FargateClient, RunTaskReply } from "../client.ts";

/** ECS in memory. Like the emulators it ignores tokens unless told otherwise, so that looking must suffice. */
export class FakeEcs implements FargateClient {
  readonly tasks: Task[] = [];
  readonly tokens = new Map<string, Task>();
  readonly definitions = new Map<string, unknown>();
  readonly calls: string[] = [];
  readonly runRequests: RunTaskCommandInput[] = [];
  keepsTokens = false;
  pageSize = 100;
  /** Thrown by the next call of that name, before or after it took effect. */
  readonly failures = new Map<string, { readonly when: "before" | "after"; readonly error: unknown }>();
  readonly replies: RunTaskReply[] = [];

  async #call<T>(name: string, effect: () => T): Promise<T> {
    this.calls.push(name);
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure?.when === "before") throw failure.error;
    const result = effect();
    if (failure?.when === "after") throw failure.error;
    return result;
  }

  findTaskDefinition = (family: string) =>
    this.#call("findTaskDefinition", () => (this.definitions.has(family) ? `arn:${family}:1` : undefined));

  registerTaskDefinition = (request: { family?: string | undefined }) =>
    this.#call("registerTaskDefinition", () => {
      this.definitions.set(request.family ?? "", request);
      return `arn:${request.family}:1`;
    });

  runTask = (request: RunTaskCommandInput) =>
    this.#call("runTask", (): RunTaskReply => {
      this.runRequests.push(request);
      const scripted = this.replies.shift();
      if (scripted) return scripted;
      const earlier = this.keepsTokens ? this.tokens.get(request.clientToken ?? "") : undefined;
      if (earlier) return { tasks: [earlier], failures: [], startedBefore: [] };
      const task: Task = {
        taskArn: `arn:aws:ecs:us-east-1:1:task/pods/${this.tasks.length + 1}`,
        lastStatus: "PROVISIONING",
        desiredStatus: "RUNNING",
        createdAt: new Date(1_700_000_000_000 + this.tasks.length * 1000),
        startedBy: request.startedBy,
        overrides: request.overrides,
        containers: [{ name: "main", lastStatus: "PENDING" }],
        group: request.taskDefinition,
      };
      this.tasks.push(task);
      this.tokens.set(request.clientToken ?? "", task);
      return { tasks: [task], failures: [], startedBefore: [] };
    });

  listTasks = (
    _cluster: string,
    filter: { startedBy?: string; desiredStatus?: string; family?: string },
    token: string | undefined,
  ) =>
    this.#call("listTasks", () => {
      const status = filter.desiredStatus ?? "RUNNING";
      const found = this.tasks.filter(
        (task) =>
          task.desiredStatus === status &&
          (filter.startedBy === undefined || task.startedBy === filter.startedBy) &&
          (filter.family === undefined || task.group === filter.family),
      );
      const start = Number(token ?? 0);
      const end = start + this.pageSize;
      return {
        arns: found.slice(start, end).map(({ taskArn }) => taskArn ?? ""),
        nextToken: end < found.length ? String(end) : undefined,
      };
    });

  describeTasks = (_cluster: string, arns: readonly string[]) =>
    this.#call("describeTasks", () => {
      if (arns.length > 100) throw new ProviderError("InvalidInput", "too many tasks");
      return this.tasks.filter(({ taskArn }) => arns.includes(taskArn ?? ""));
    });

  stopTask = (_cluster: string, arn: string, reason: string) =>
    this.#call("stopTask", () => {
      const task = this.tasks.find(({ taskArn }) => taskArn === arn);
      if (!task) throw new ProviderError("NotFound", "The referenced task was not found.");
      Object.assign(task, {
        desiredStatus: "STOPPED",
        lastStatus: "STOPPED",
        stopCode: "UserInitiated",
        stoppedReason: reason,
      });
    });

  clusterStatus = () => this.#call("clusterStatus", (): string | undefined => "ACTIVE");
  close = () => {};
}
