import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, StatusError } from "../api/status-error.ts";
import type { DeleteOptions } from "../registry/deletion.ts";
import type { Registry } from "../registry/registry.ts";
import { selectsLabels } from "../selectors/label-selector.ts";

function budgetsOf(registry: Registry, pod: KubeObject): KubeObject[] {
  const type = registry.types.require("policy", "poddisruptionbudgets");
  return registry.store
    .list(type, pod.metadata.namespace)
    .filter((budget) => selectsLabels(budget.spec?.selector, pod.metadata.labels));
}

function isHealthy(pod: KubeObject): boolean {
  return (pod.status?.conditions ?? []).some(
    (condition: Json) => condition.type === "Ready" && condition.status === "True",
  );
}

/**
 * Evicts a pod: its deletion, if its disruption budget allows.
 * @throws StatusError 404, 409, 429 (the budget forbids it now), 500 (more than one budget)
 */
export function evictPod(registry: Registry, namespace: string, name: string, options: DeleteOptions): void {
  const type = registry.types.require("", "pods");
  const pod = registry.get(type, namespace, name);
  const terminal =
    ["Succeeded", "Failed", "Pending"].includes(pod.status?.phase) || pod.metadata.deletionTimestamp;
  if (!terminal) spendBudget(registry, pod);
  if (!options.dryRun) markDisrupted(registry, pod);
  registry.delete(type, namespace, name, options);
}

function spendBudget(registry: Registry, pod: KubeObject): void {
  const [budget, ...more] = budgetsOf(registry, pod);
  if (!budget) return;
  if (more.length > 0) {
    throw new StatusError(
      500,
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  if (!isHealthy(pod) || allowedDisruptions(registry, budget) > 0) return;
  throw new StatusError(
    429,
    "TooManyRequests",
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [
        {
          reason: "DisruptionBudget",
          message: `The disruption budget ${budget.metadata.name} needs more healthy pods.`,
        },
      ],
      retryAfterSeconds: 10,
    },
  );
}

/** Counted from the pods themselves, so that no controller has to keep the budget's status. */
function allowedDisruptions(registry: Registry, budget: KubeObject): number {
  const pods = registry.store
    .list(registry.types.require("", "pods"), budget.metadata.namespace)
    .filter((pod) => selectsLabels(budget.spec?.selector, pod.metadata.labels));
  const healthy = pods.filter((pod) => isHealthy(pod) && !pod.metadata.deletionTimestamp).length;
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const needed =
    minAvailable !== undefined
      ? scaled(minAvailable, pods.length)
      : maxUnavailable !== undefined
        ? pods.length - scaled(maxUnavailable, pods.length)
        : 0;
  return healthy - needed;
}

function scaled(value: number | string, total: number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent === undefined) throw badRequest(`invalid value for IntOrString: ${JSON.stringify(value)}`);
  return Math.ceil((Number(percent) * total) / 100);
}

function markDisrupted(registry: Registry, pod: KubeObject): void {
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastProbeTime: null,
    lastTransitionTime: formatTime(registry.clock.now()),
  };
  registry.mutate(
    registry.types.require("", "pods"),
    pod.metadata.namespace,
    pod.metadata.name,
    (current) => {
      const others = (current.status?.conditions ?? []).filter(
        (entry: Json) => entry.type !== condition.type,
      );
      return { ...current, status: { ...current.status, conditions: [...others, condition] } };
    },
    { subresource: "status" },
  );
}
