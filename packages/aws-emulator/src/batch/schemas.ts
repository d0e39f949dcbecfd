import { z } from "zod";
import { batchTags, nameValues, secrets } from "../request-input.ts";
import { mountPoints, tmpfs, volumes } from "../tasks/mount-plans.ts";

const text = z.string();
/** API reference, SubmitJob and RegisterJobDefinition: the names of jobs and definitions. */
const name = text.regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$/);

const resources = z.array(z.object({ type: z.enum(["VCPU", "MEMORY", "GPU"]), value: text }));
/** User guide, "AWS Batch job environment variables": the prefix is reserved. */
const environment = nameValues.refine(
  (entries) => entries.every((entry) => !entry.name.startsWith("AWS_BATCH")),
  "names must not start with AWS_BATCH",
);
const logConfiguration = z.looseObject({ logDriver: text, options: z.record(text, text).optional() });

const common = {
  image: text.min(1).max(255),
  command: z.array(text).optional(),
  environment: environment.optional(),
  resourceRequirements: resources.optional(),
  user: text.optional(),
  mountPoints: mountPoints.optional(),
  secrets: secrets.optional(),
  // API reference, LinuxParameters: MiB.
  linuxParameters: z
    .looseObject({ sharedMemorySize: z.int().positive().optional(), tmpfs: tmpfs.optional() })
    .optional(),
  logConfiguration: logConfiguration.optional(),
};

/** API reference, ContainerProperties. */
const containerProperties = z.looseObject({
  ...common,
  vcpus: z.int().positive().optional(),
  memory: z.int().min(4).optional(),
  volumes: volumes.optional(),
  executionRoleArn: text.optional(),
});

/** API reference, TaskContainerProperties; timeouts in seconds. */
const taskContainer = z.looseObject({
  ...common,
  name: text.regex(/^[a-zA-Z0-9_-]{1,255}$/),
  essential: z.boolean().optional(),
  dependsOn: z
    .array(z.object({ containerName: text, condition: z.enum(["START", "COMPLETE", "SUCCESS"]) }))
    .optional(),
  startTimeout: z.int().min(2).max(120).optional(),
  stopTimeout: z.int().min(2).max(120).optional(),
});

/** API reference, EcsProperties: exactly one task, of 1 to 10 containers. */
const ecsProperties = z.object({
  taskProperties: z
    .array(
      z.looseObject({
        containers: z.array(taskContainer).min(1).max(10),
        volumes: volumes.optional(),
        executionRoleArn: text.optional(),
      }),
    )
    .length(1),
});

/** API reference, EvaluateOnExit: letters, digits, periods, colons and white space, with a `*` at the end at most. */
const pattern = text.max(512).regex(/^[0-9A-Za-z.:\s]*\*?$/, "contains restricted characters");

const retryStrategy = z.object({
  attempts: z.int().min(1).max(10).optional(),
  evaluateOnExit: z
    .array(
      z.object({
        action: text.regex(/^(retry|exit)$/i),
        onReason: pattern.optional(),
        onStatusReason: pattern.optional(),
        onExitCode: text
          .max(512)
          .regex(/^[0-9]*\*?$/)
          .optional(),
      }),
    )
    .max(5)
    .optional(),
});

/** API reference, JobTimeout: at least 60 seconds. */
const timeout = z.object({ attemptDurationSeconds: z.int().min(60).optional() });

/** RegisterJobDefinition's request. */
export const registerRequest = z.looseObject({
  jobDefinitionName: name,
  type: z.enum(["container", "multinode"]),
  parameters: z.record(text, text).optional(),
  containerProperties: containerProperties.optional(),
  ecsProperties: ecsProperties.optional(),
  platformCapabilities: z.array(z.enum(["EC2", "FARGATE", "MANAGED_INSTANCES"])).optional(),
  retryStrategy: retryStrategy.optional(),
  timeout: timeout.optional(),
  propagateTags: z.boolean().optional(),
  tags: batchTags.optional(),
});

/** SubmitJob's request. */
export const submitRequest = z.looseObject({
  jobName: name,
  jobQueue: text,
  jobDefinition: text,
  parameters: z.record(text, text).optional(),
  dependsOn: z
    .array(z.object({ jobId: text.optional(), type: text.optional() }))
    // User guide, "AWS Batch service quotas".
    .max(20)
    .optional(),
  containerOverrides: z
    .looseObject({
      command: z.array(text).optional(),
      environment: environment.optional(),
      resourceRequirements: resources.optional(),
    })
    .optional(),
  ecsPropertiesOverride: z
    .object({
      taskProperties: z
        .array(
          z.object({
            containers: z
              .array(
                z.object({
                  name: text.optional(),
                  command: z.array(text).optional(),
                  environment: environment.optional(),
                  resourceRequirements: resources.optional(),
                }),
              )
              .optional(),
          }),
        )
        .max(1)
        .optional(),
    })
    .optional(),
  retryStrategy: retryStrategy.optional(),
  timeout: timeout.optional(),
  propagateTags: z.boolean().optional(),
  tags: batchTags.optional(),
  shareIdentifier: text.optional(),
});

/** What RegisterJobDefinition takes. */
export type JobDefinitionRequest = z.output<typeof registerRequest>;
/** What SubmitJob takes. */
export type SubmitRequest = z.output<typeof submitRequest>;
/** `resourceRequirements`. */
export type Resources = z.output<typeof resources>;
/** Retries of a job. */
export type RetryStrategy = z.output<typeof retryStrategy>;
/** `logConfiguration`. */
export type LogConfiguration = z.output<typeof logConfiguration>;

const page = { maxResults: z.int().min(1).max(1000).optional(), nextToken: text.optional() };

/** DescribeJobDefinitions' request. */
export const describeDefinitionsRequest = z.object({
  jobDefinitions: z.array(text).max(100).optional(),
  jobDefinitionName: text.optional(),
  status: text.optional(),
  ...page,
});

/** DeregisterJobDefinition's request. */
export const deregisterRequest = z.object({ jobDefinition: text });

/** ListJobs' request. */
export const listJobsRequest = z.object({
  jobQueue: text.optional(),
  arrayJobId: text.optional(),
  multiNodeJobId: text.optional(),
  jobStatus: z
    .enum(["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"])
    .optional(),
  // API reference, ListJobs, filters: only one filter can be used at a time.
  filters: z
    .array(z.object({ name: text, values: z.array(text).min(1) }))
    .max(1)
    .optional(),
  ...page,
});

/** CancelJob's and TerminateJob's request. */
export const endJobRequest = z.object({ jobId: text, reason: text.min(1).max(1024) });

/** DescribeJobs' request; 100 jobs at most. */
export const describeJobsRequest = z.object({ jobs: z.array(text).max(100) });

/** CreateComputeEnvironment's request. */
export const createEnvironmentRequest = z.looseObject({
  computeEnvironmentName: name,
  type: z.enum(["MANAGED", "UNMANAGED"]),
  state: z.enum(["ENABLED", "DISABLED"]).optional(),
  computeResources: z
    .looseObject({
      type: z.enum(["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"]),
      maxvCpus: z.int().positive(),
    })
    .optional(),
  tags: batchTags.optional(),
});

/** CreateJobQueue's request. */
export const createQueueRequest = z.looseObject({
  jobQueueName: name,
  priority: z.int().min(0).max(1000),
  state: z.enum(["ENABLED", "DISABLED"]).optional(),
  computeEnvironmentOrder: z
    .array(z.object({ order: z.int(), computeEnvironment: text }))
    .min(1)
    // User guide, "AWS Batch service quotas".
    .max(3),
  tags: batchTags.optional(),
});

/** DescribeJobQueues' request. */
export const describeQueuesRequest = z.object({ jobQueues: z.array(text).max(100).optional(), ...page });

/** DescribeComputeEnvironments' request. */
export const describeEnvironmentsRequest = z.object({
  computeEnvironments: z.array(text).max(100).optional(),
  ...page,
});
