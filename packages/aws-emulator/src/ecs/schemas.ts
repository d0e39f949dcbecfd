import { z } from "zod";
import { ecsTags, nameValues, secrets } from "../request-input.ts";
import { mountPoints, tmpfs, volumes } from "../tasks/mount-plans.ts";

const text = z.string();

/** Members that change what runs and that the emulator cannot do; see `unsupportedMembers`. */
const containerDefinition = z.looseObject({
  name: text.regex(/^[a-zA-Z0-9_-]{1,255}$/),
  image: text.min(1).max(255),
  cpu: z.int().nonnegative().optional(),
  memory: z.int().min(6).optional(),
  memoryReservation: z.int().min(6).optional(),
  essential: z.boolean().optional(),
  entryPoint: z.array(text).optional(),
  command: z.array(text).optional(),
  environment: nameValues.optional(),
  workingDirectory: text.optional(),
  user: text.optional(),
  dependsOn: z
    .array(z.object({ containerName: text, condition: z.enum(["START", "COMPLETE", "SUCCESS", "HEALTHY"]) }))
    .optional(),
  // API reference, ContainerDefinition: 2 to 120 seconds on Fargate.
  startTimeout: z.int().min(2).max(120).optional(),
  stopTimeout: z.int().min(2).max(120).optional(),
  // API reference, ContainerRestartPolicy.
  restartPolicy: z
    .object({
      enabled: z.boolean(),
      ignoredExitCodes: z.array(z.int()).max(50).optional(),
      restartAttemptPeriod: z.int().min(60).max(1800).optional(),
    })
    .optional(),
  // API reference, HealthCheck.
  healthCheck: z
    .object({
      // API reference: what runs stands behind CMD or CMD-SHELL.
      command: z
        .array(text)
        .min(1)
        .refine(
          ([kind, ...words]) => kind === "NONE" || (/^CMD(-SHELL)?$/.test(kind ?? "") && words.length > 0),
          "must start with CMD or CMD-SHELL",
        ),
      interval: z.int().min(5).max(300).optional(),
      timeout: z.int().min(2).max(60).optional(),
      retries: z.int().min(1).max(10).optional(),
      startPeriod: z.int().min(0).max(300).optional(),
    })
    .optional(),
  mountPoints: mountPoints.optional(),
  secrets: secrets.optional(),
  linuxParameters: z
    .looseObject({
      capabilities: z.object({ add: z.array(text).optional(), drop: z.array(text).optional() }).optional(),
      tmpfs: tmpfs.optional(),
    })
    .optional(),
  systemControls: z.array(z.object({ namespace: text, value: text })).optional(),
  portMappings: z
    .array(
      z.looseObject({
        containerPort: z.int().min(1).max(65_535).optional(),
        hostPort: z.int().min(0).max(65_535).optional(),
        protocol: z.enum(["tcp", "udp"]).optional(),
      }),
    )
    .max(100)
    .optional(),
  logConfiguration: z.looseObject({ logDriver: text, options: z.record(text, text).optional() }).optional(),
});

/** RegisterTaskDefinition's request, as far as the emulator looks at it; the rest is kept and given back. */
export const registerRequest = z.looseObject({
  // API reference, RegisterTaskDefinition: up to 255 letters, digits, hyphens and underscores.
  family: text.regex(/^[a-zA-Z0-9_-]{1,255}$/),
  containerDefinitions: z.array(containerDefinition).min(1),
  cpu: text.optional(),
  memory: text.optional(),
  networkMode: text.optional(),
  requiresCompatibilities: z.array(text).optional(),
  volumes: volumes.optional(),
  tags: ecsTags.optional(),
});

/** A container of a task definition. */
export type ContainerDefinition = z.output<typeof containerDefinition>;
/** What RegisterTaskDefinition takes. */
export type RegisterRequest = z.output<typeof registerRequest>;

const containerOverride = z.looseObject({
  name: text,
  command: z.array(text).optional(),
  environment: nameValues.optional(),
});

/** RunTask's request. */
export const runTaskRequest = z.looseObject({
  cluster: text.optional(),
  taskDefinition: text,
  // API reference, RunTask: up to 10 tasks.
  count: z.int().min(1).max(10).optional(),
  launchType: z.enum(["FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES"]).optional(),
  capacityProviderStrategy: z
    .array(z.object({ capacityProvider: text, weight: z.int().optional(), base: z.int().optional() }))
    .optional(),
  platformVersion: text.optional(),
  networkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          subnets: z.array(text).min(1).max(16),
          securityGroups: z.array(text).max(5).optional(),
          assignPublicIp: z.enum(["ENABLED", "DISABLED"]).optional(),
        })
        .optional(),
    })
    .optional(),
  overrides: z
    .looseObject({
      containerOverrides: z.array(containerOverride).optional(),
      cpu: text.optional(),
      memory: text.optional(),
    })
    .optional(),
  // API reference, RunTask: up to 128 letters, digits, hyphens, underscores and slashes.
  startedBy: text.regex(/^[a-zA-Z0-9_/-]{0,128}$/).optional(),
  group: text.optional(),
  // API reference, RunTask: up to 64 characters of ASCII 33 to 126.
  clientToken: text.regex(/^[!-~]{1,64}$/).optional(),
  enableExecuteCommand: z.boolean().optional(),
  propagateTags: z.enum(["TASK_DEFINITION", "NONE", "SERVICE"]).optional(),
  tags: ecsTags.optional(),
});

/** What RunTask takes. */
export type RunTaskRequest = z.output<typeof runTaskRequest>;

/** ListTasks' request; 100 a page at most. */
export const listTasksRequest = z.looseObject({
  cluster: text.optional(),
  family: text.optional(),
  startedBy: text.optional(),
  desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).optional(),
  launchType: text.optional(),
  containerInstance: text.optional(),
  serviceName: text.optional(),
  maxResults: z.int().min(1).max(100).optional(),
  nextToken: text.optional(),
});

/** DescribeTasks' request. */
export const describeTasksRequest = z.object({
  cluster: text.optional(),
  tasks: z.array(text),
  include: z.array(z.enum(["TAGS"])).optional(),
});

/** StopTask's request. */
export const stopTaskRequest = z.object({
  cluster: text.optional(),
  task: text,
  reason: text.optional(),
});

/** DescribeTaskDefinition's request. */
export const describeDefinitionRequest = z.object({
  taskDefinition: text,
  include: z.array(z.enum(["TAGS"])).optional(),
});

/** DeregisterTaskDefinition's request. */
export const deregisterRequest = z.object({ taskDefinition: text });

/** ListTaskDefinitions' request. */
export const listDefinitionsRequest = z.object({
  familyPrefix: text.optional(),
  status: z.enum(["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"]).optional(),
  sort: z.enum(["ASC", "DESC"]).optional(),
  maxResults: z.int().min(1).max(100).optional(),
  nextToken: text.optional(),
});

/** TagResource's request. */
export const tagResourceRequest = z.object({ resourceArn: text, tags: ecsTags });

/** CreateCluster's request. */
export const createClusterRequest = z.looseObject({
  clusterName: text.regex(/^[a-zA-Z0-9_-]{1,255}$/).optional(),
  capacityProviders: z.array(text).optional(),
  tags: ecsTags.optional(),
});

/** DescribeClusters' request. */
export const describeClustersRequest = z.object({
  clusters: z.array(text).max(100).optional(),
  include: z.array(text).optional(),
});
