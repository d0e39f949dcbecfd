import type { Fault } from "../http/faults.ts";
import type { Service } from "../http/service.ts";
import { readInput } from "../request-input.ts";
import { clientException, invalidParameter, notEmulated, ServiceError } from "../service-error.ts";
import { type Cluster, Clusters } from "./clusters.ts";
import { describeTask } from "./describe-task.ts";
import type { EcsTask } from "./ecs-task.ts";
import { ClientTokens, checkRunTask, injectedFailures } from "./run-task.ts";
import {
  createClusterRequest,
  deregisterRequest,
  describeClustersRequest,
  describeDefinitionRequest,
  describeTasksRequest,
  runTaskRequest,
  stopTaskRequest,
  tagResourceRequest,
} from "./schemas.ts";
import { describeTaskDefinition, TaskDefinitions } from "./task-definitions.ts";
import { type TaskSettings, Tasks } from "./tasks.ts";

/** API reference, DescribeTasks: at most 100 tasks. */
const describeLimit = 100;

/** Amazon ECS, as far as tasks on Fargate go. */
export class EcsService implements Service {
  readonly operations: Service["operations"];
  readonly tasks: Tasks;
  readonly #clusters: Clusters;
  readonly #definitions: TaskDefinitions;
  readonly #tokens: ClientTokens;

  constructor(settings: TaskSettings) {
    this.tasks = new Tasks(settings);
    this.#clusters = new Clusters(settings.region);
    this.#definitions = new TaskDefinitions(settings.region, settings.clock);
    this.#tokens = new ClientTokens(settings.clock);
    this.operations = {
      CreateCluster: (input) => this.#createCluster(input),
      DescribeClusters: (input) => this.#describeClusters(input),
      RegisterTaskDefinition: (input) => {
        const definition = this.#definitions.register(input);
        return { taskDefinition: describeTaskDefinition(definition), tags: definition.tags };
      },
      DescribeTaskDefinition: (input) => this.#describeDefinition(input),
      DeregisterTaskDefinition: (input) => {
        const { taskDefinition } = readInput(deregisterRequest, input, clientException);
        return { taskDefinition: describeTaskDefinition(this.#definitions.deregister(taskDefinition)) };
      },
      ListTaskDefinitions: (input) => {
        const { items, nextToken } = this.#definitions.list(input);
        return { taskDefinitionArns: items, nextToken };
      },
      RunTask: (input, fault) => this.#runTask(input, fault),
      DescribeTasks: (input) => this.#describeTasks(input),
      ListTasks: (input) => {
        const cluster = this.#clusters.get(clusterOf(input));
        const { items, nextToken } = this.tasks.list(cluster, input);
        return { taskArns: items, nextToken };
      },
      StopTask: (input) => this.#stopTask(input),
      TagResource: (input) => this.#tagResource(input),
    };
  }

  #createCluster(input: unknown): unknown {
    const request = readInput(createClusterRequest, input, invalidParameter);
    const { clusterName = "default", capacityProviders = [], tags = [] } = request;
    const unknown = capacityProviders.find((name) => name !== "FARGATE" && name !== "FARGATE_SPOT");
    if (unknown) throw notEmulated(`capacity provider ${unknown}`);
    return { cluster: this.#describeCluster(this.#clusters.create(clusterName, capacityProviders, tags)) };
  }

  #describeClusters(input: unknown): unknown {
    const { clusters: names = ["default"] } = readInput(describeClustersRequest, input, invalidParameter);
    const found = names.map((name) => ({ name, cluster: this.#clusters.find(name) }));
    return {
      clusters: found.flatMap(({ cluster }) => (cluster ? [this.#describeCluster(cluster)] : [])),
      failures: found
        .filter(({ cluster }) => !cluster)
        .map(({ name }) => ({ arn: this.#clusters.arnOf(name), reason: "MISSING" })),
    };
  }

  #describeCluster(cluster: Cluster): Record<string, unknown> {
    const tasks = this.tasks.all.filter(({ parts }) => parts.cluster === cluster);
    return {
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      status: "ACTIVE",
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
      pendingTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "PENDING").length,
      activeServicesCount: 0,
      statistics: [],
      settings: [],
      capacityProviders: cluster.capacityProviders,
      defaultCapacityProviderStrategy: [],
      tags: cluster.tags,
    };
  }

  #describeDefinition(input: unknown): unknown {
    const { taskDefinition, include } = readInput(describeDefinitionRequest, input, clientException);
    const found = this.#definitions.get(taskDefinition);
    return {
      taskDefinition: describeTaskDefinition(found),
      tags: include?.includes("TAGS") ? found.tags : [],
    };
  }

  #runTask(input: unknown, fault: Fault | undefined): unknown {
    const request = readInput(runTaskRequest, input, invalidParameter);
    const cluster = this.#clusters.get(request.cluster);
    const earlier = this.#tokens.earlier(cluster, request);
    if (earlier) return reply(earlier.tasks, earlier.failures);
    const definition = checkRunTask(request, this.#definitions, cluster);
    const failures = injectedFailures(fault);
    const count = failures.length > 0 ? 0 : (request.count ?? 1);
    const tasks = Array.from({ length: count }, () => this.tasks.start(cluster, definition, request));
    this.#tokens.keep(cluster, request, { tasks, failures });
    return reply(tasks, failures);
  }

  #describeTasks(input: unknown): unknown {
    const { cluster: name, tasks: ids, include } = readInput(describeTasksRequest, input, invalidParameter);
    const cluster = this.#clusters.get(name);
    if (ids.length === 0) throw invalidParameter("Tasks cannot be empty.");
    if (ids.length > describeLimit) {
      throw invalidParameter(`Tasks cannot have more than ${describeLimit} elements`);
    }
    const found = ids.map((id) => ({ id, task: this.tasks.find(cluster, id) }));
    const withTags = include?.includes("TAGS") ?? false;
    return {
      tasks: found.flatMap(({ task }) => (task ? [describeTask(task, withTags)] : [])),
      failures: found
        .filter(({ task }) => !task)
        .map(({ id }) => ({ arn: taskArn(cluster, id), reason: "MISSING" })),
    };
  }

  #stopTask(input: unknown): unknown {
    const { cluster, task: id, reason } = readInput(stopTaskRequest, input, invalidParameter);
    const task = this.tasks.find(this.#clusters.get(cluster), id);
    if (!task) throw invalidParameter("The referenced task was not found.");
    // API reference, StopTask: the tags of the task are deleted.
    task.tags = [];
    task.run.stop({ code: "UserInitiated", reason: reason ?? "Task stopped by user" });
    return { task: describeTask(task, false) };
  }

  #tagResource(input: unknown): unknown {
    const { resourceArn, tags } = readInput(tagResourceRequest, input, invalidParameter);
    const task = this.tasks.all.find(({ parts }) => parts.arn === resourceArn);
    const owner = task ?? this.#definitions.find(resourceArn) ?? this.#clusters.find(resourceArn);
    if (!owner) throw new ServiceError("ResourceNotFoundException", "The specified resource was not found.");
    const replaced = new Set(tags.map(({ key }) => key));
    const merged = [...owner.tags.filter(({ key }) => !replaced.has(key)), ...tags];
    if (merged.length > 50) throw invalidParameter("Tags can not have more than 50 elements.");
    owner.tags = merged;
    return {};
  }
}

function clusterOf(input: unknown): string | undefined {
  return readInput(describeTasksRequest.pick({ cluster: true }), input, invalidParameter).cluster;
}

function taskArn(cluster: Cluster, id: string): string {
  return id.startsWith("arn:") ? id : `${cluster.arn.replace(":cluster/", ":task/")}/${id}`;
}

function reply(tasks: readonly EcsTask[], failures: readonly unknown[]): unknown {
  return { tasks: tasks.map((task) => describeTask(task, true)), failures };
}
