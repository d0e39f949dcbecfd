import { randomUUID } from "node:crypto";
import { arn, lastPart } from "../identifiers.ts";
import { pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { clientException, notEmulated } from "../service-error.ts";
import {
  createEnvironmentRequest,
  createQueueRequest,
  describeEnvironmentsRequest,
  describeQueuesRequest,
} from "./schemas.ts";

/** Where jobs run; `maxvCpus` bounds what runs at once. */
export interface ComputeEnvironment {
  readonly name: string;
  readonly arn: string;
  readonly clusterArn: string;
  readonly enabled: boolean;
  readonly platform: "FARGATE" | "EC2";
  readonly maxvCpus: number;
  readonly request: Readonly<Record<string, unknown>>;
}

/** A job queue. */
export interface JobQueue {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly environments: readonly ComputeEnvironment[];
  readonly request: Readonly<Record<string, unknown>>;
}

/** Compute environments and queues; both have a `default` on Fargate from the start. */
export class Queues {
  readonly #environments = new Map<string, ComputeEnvironment>();
  readonly #queues = new Map<string, JobQueue>();
  readonly #region: string;

  constructor(region: string, maxvCpus: number) {
    this.#region = region;
    this.createEnvironment({
      computeEnvironmentName: "default",
      type: "MANAGED",
      computeResources: { type: "FARGATE", maxvCpus, subnets: ["subnet-1"] },
    });
    this.createQueue({
      jobQueueName: "default",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: "default" }],
    });
  }

  createEnvironment(input: unknown): unknown {
    const { tags = {}, ...request } = readInput(createEnvironmentRequest, input, clientException);
    const { computeEnvironmentName: name, computeResources } = request;
    if (request.type !== "MANAGED" || !computeResources) {
      throw notEmulated("a compute environment that is not MANAGED with computeResources");
    }
    if (this.#environments.has(name)) throw clientException("Object already exists");
    const environment: ComputeEnvironment = {
      name,
      arn: arn("batch", this.#region, `compute-environment/${name}`),
      // User guide, "Compute environments": Batch makes an ECS cluster for each.
      clusterArn: arn("ecs", this.#region, `cluster/AWSBatch-${name}-${randomUUID()}`),
      enabled: request.state !== "DISABLED",
      platform: computeResources.type.startsWith("FARGATE") ? "FARGATE" : "EC2",
      maxvCpus: computeResources.maxvCpus,
      request: { ...request, tags },
    };
    this.#environments.set(name, environment);
    return { computeEnvironmentName: name, computeEnvironmentArn: environment.arn };
  }

  createQueue(input: unknown): unknown {
    const { tags = {}, ...request } = readInput(createQueueRequest, input, clientException);
    const { jobQueueName: name } = request;
    if (request["schedulingPolicyArn"]) throw notEmulated("a scheduling policy");
    if (this.#queues.has(name)) throw clientException("Object already exists");
    const environments = [...request.computeEnvironmentOrder]
      .sort((a, b) => a.order - b.order)
      .map(({ computeEnvironment }) => {
        const found = this.#environments.get(lastPart(computeEnvironment));
        if (!found) throw clientException(`${computeEnvironment} does not exist`);
        return found;
      });
    // API reference, CreateJobQueue: Fargate and EC2 environments cannot be mixed.
    if (new Set(environments.map(({ platform }) => platform)).size > 1) {
      throw clientException("EC2 and Fargate compute environments cannot be mixed in a job queue.");
    }
    const queue = {
      name,
      arn: arn("batch", this.#region, `job-queue/${name}`),
      enabled: request.state !== "DISABLED",
      environments,
      request: { ...request, tags },
    };
    this.#queues.set(name, queue);
    return { jobQueueName: name, jobQueueArn: queue.arn };
  }

  find(nameOrArn: string): JobQueue | undefined {
    const queue = this.#queues.get(lastPart(nameOrArn));
    return nameOrArn.startsWith("arn:") && queue?.arn !== nameOrArn ? undefined : queue;
  }

  get all(): readonly JobQueue[] {
    return [...this.#queues.values()];
  }

  describeQueues(input: unknown): unknown {
    const { jobQueues, maxResults, nextToken } = readInput(describeQueuesRequest, input, clientException);
    const found = named(this.#queues.values(), jobQueues);
    const page = pageOf(found, ({ name }) => name, maxResults ?? 100, nextToken, clientException);
    return {
      jobQueues: page.items.map((queue) => ({
        ...queue.request,
        jobQueueArn: queue.arn,
        state: queue.enabled ? "ENABLED" : "DISABLED",
        status: "VALID",
        statusReason: "JobQueue Healthy",
        computeEnvironmentOrder: queue.environments.map((environment, index) => ({
          order: index + 1,
          computeEnvironment: environment.arn,
        })),
      })),
      nextToken: page.nextToken,
    };
  }

  describeEnvironments(input: unknown): unknown {
    const request = readInput(describeEnvironmentsRequest, input, clientException);
    const found = named(this.#environments.values(), request.computeEnvironments);
    const page = pageOf(
      found,
      ({ name }) => name,
      request.maxResults ?? 100,
      request.nextToken,
      clientException,
    );
    return {
      computeEnvironments: page.items.map((environment) => ({
        ...environment.request,
        computeEnvironmentArn: environment.arn,
        ecsClusterArn: environment.clusterArn,
        state: environment.enabled ? "ENABLED" : "DISABLED",
        status: "VALID",
        statusReason: "ComputeEnvironment Healthy",
        containerOrchestrationType: "ECS",
      })),
      nextToken: page.nextToken,
    };
  }
}

function named<T extends { readonly name: string; readonly arn: string }>(
  all: Iterable<T>,
  wanted: readonly string[] | undefined,
): readonly T[] {
  return [...all]
    .filter(({ name, arn: own }) => wanted === undefined || wanted.includes(name) || wanted.includes(own))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
