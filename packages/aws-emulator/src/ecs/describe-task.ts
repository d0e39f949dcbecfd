import { createHash } from "node:crypto";
import { accountId } from "../identifiers.ts";
import type { ContainerRun } from "../tasks/container-run.ts";
import type { EcsTask } from "./ecs-task.ts";

/** As the API shows a task: times are seconds. */
export function describeTask(task: EcsTask, withTags: boolean): Record<string, unknown> {
  const { parts, run } = task;
  const { definition, request, cluster } = parts;
  const cpu = request.overrides?.cpu ?? definition.request.cpu;
  const memory = request.overrides?.memory ?? definition.request.memory;
  const capacityProvider = request.capacityProviderStrategy?.[0]?.capacityProvider;
  return {
    taskArn: parts.arn,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.arn,
    availabilityZone: `${parts.region}a`,
    group: request.group ?? `family:${definition.request.family}`,
    ...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
    ...(capacityProvider === undefined
      ? { launchType: "FARGATE" }
      : { capacityProviderName: capacityProvider }),
    platformFamily: "Linux",
    platformVersion: "1.4.0",
    cpu,
    memory,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: healthOf(run.containers),
    connectivity: "CONNECTED",
    version: task.version,
    enableExecuteCommand: false,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...request.overrides },
    attachments: [networkInterface(task)],
    containers: run.containers.map((container) => describeContainer(task, container)),
    tags: withTags ? task.tags : [],
    ...(run.stopCause ? { stopCode: run.stopCause.code, stoppedReason: run.stopCause.reason } : {}),
    ...times(task),
  };
}

function times(task: EcsTask): Record<string, number> {
  const { createdAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } = task;
  const all = { createdAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value / 1000]])),
  );
}

function describeContainer(task: EcsTask, container: ContainerRun): Record<string, unknown> {
  const { plan, exitCode, reason, runtimeId } = container;
  const { arn, address } = task.parts;
  return {
    containerArn: `${arn.replace(":task/", ":container/")}/${uuidOf(`${arn}/${plan.name}`)}`,
    taskArn: arn,
    name: plan.name,
    image: plan.image,
    lastStatus: container.status,
    healthStatus: container.health,
    networkBindings: [],
    networkInterfaces: [{ attachmentId: uuidOf(arn), privateIpv4Address: address }],
    cpu: "0",
    ...(container.starts > 0 ? { imageDigest: `sha256:${digest(plan.image)}` } : {}),
    ...(runtimeId === undefined ? {} : { runtimeId }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** API reference, Task, healthStatus: essential containers with a health check decide. */
function healthOf(containers: readonly ContainerRun[]): string {
  const checked = containers.filter(({ plan }) => plan.essential && plan.healthCheck);
  if (checked.some(({ health }) => health === "UNHEALTHY")) return "UNHEALTHY";
  if (checked.length === 0 || checked.some(({ health }) => health === "UNKNOWN")) return "UNKNOWN";
  return "HEALTHY";
}

/** Developer guide, "Fargate task networking": one elastic network interface a task. */
function networkInterface(task: EcsTask): Record<string, unknown> {
  const { arn, address, request } = task.parts;
  const hash = digest(arn);
  const details = {
    subnetId: request.networkConfiguration?.awsvpcConfiguration?.subnets[0] ?? "",
    networkInterfaceId: `eni-${hash.slice(0, 17)}`,
    macAddress: `0a:${(hash.slice(17, 27).match(/../g) ?? []).join(":")}`,
    privateDnsName: `ip-${address.replaceAll(".", "-")}.ec2.internal`,
    privateIPv4Address: address,
  };
  return {
    id: uuidOf(arn),
    type: "ElasticNetworkInterface",
    status: attachmentStatus(task),
    details: Object.entries(details).map(([name, value]) => ({ name, value })),
  };
}

function attachmentStatus({ lastStatus }: EcsTask): string {
  if (lastStatus === "PROVISIONING") return "PRECREATED";
  if (lastStatus === "DEPROVISIONING") return "DETACHING";
  return lastStatus === "STOPPED" ? "DELETED" : "ATTACHED";
}

function digest(text: string): string {
  return createHash("sha256").update(`${accountId}/${text}`).digest("hex");
}

function uuidOf(text: string): string {
  const hash = digest(text);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join("-");
}
