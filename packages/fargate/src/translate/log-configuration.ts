import type { LogConfiguration } from "@aws-sdk/client-ecs";
import type { FargateTranslateOptions } from "./options.ts";

type LogOptionsOfNode = NonNullable<FargateTranslateOptions["logs"]>;

const defaultStreamPrefix = "vkubelet";

/** `awslogs` for one container. `blocking`, since the default drops lines when its buffer is full. */
export function logConfiguration(logs: LogOptionsOfNode, region: string): LogConfiguration {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logs.group,
      "awslogs-region": region,
      "awslogs-stream-prefix": logs.streamPrefix ?? defaultStreamPrefix,
      mode: "blocking",
      ...(logs.createGroup ? { "awslogs-create-group": "true" } : {}),
    },
  };
}

/** The stream into which a container of a task writes (ECS developer guide, "awslogs log driver"). */
export function logStreamName(logs: LogOptionsOfNode, container: string, taskArn: string): string {
  const taskId = taskArn.slice(taskArn.lastIndexOf("/") + 1);
  return `${logs.streamPrefix ?? defaultStreamPrefix}/${container}/${taskId}`;
}
