import type { Container, Task } from "@aws-sdk/client-ecs";
import { type HealthPurposes, readHealthPurposes } from "./health-purposes.ts";

/** What the health checks of a task stand for. */
export function healthPurposesOf(task: Task): HealthPurposes {
  const overrides = task.overrides?.containerOverrides ?? [];
  return readHealthPurposes(overrides.flatMap(({ environment }) => environment ?? []));
}

/** What the health check of a running container says of its probes; nothing where it stands for none of them. */
export function healthOfContainer(
  container: Container,
  purposes: HealthPurposes,
): { readonly started?: boolean; readonly ready?: boolean } {
  const own = purposes.get(container.name ?? "") ?? [];
  const healthy = container.healthStatus === "HEALTHY";
  const startup = own.includes("startup");
  return {
    ...(startup ? { started: healthy } : {}),
    // Who has not started is not ready (pod-semantics A2).
    ...(startup || own.includes("readiness") ? { ready: healthy } : {}),
  };
}

/** Name of a running container whose liveness has failed; undefined where there is none, or the task stops already. */
export function unhealthyContainer(task: Task): string | undefined {
  if (task.desiredStatus === "STOPPED" || task.lastStatus === "STOPPED") return undefined;
  const purposes = healthPurposesOf(task);
  return task.containers?.find(
    ({ name, lastStatus, healthStatus }) =>
      lastStatus === "RUNNING" &&
      healthStatus === "UNHEALTHY" &&
      purposes.get(name ?? "")?.includes("liveness"),
  )?.name;
}
