import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, conflict, forbidden, StatusError } from "../api/status-error.ts";
import { disruptionCondition, sufficiency } from "../controllers/disruption.ts";
import { isReadyPod, withCondition } from "../controllers/pod-facts.ts";
import type { DeleteOptions } from "../registry/deletion.ts";
import type { Registry } from "../registry/registry.ts";
import { selectsLabels } from "../selectors/label-selector.ts";

const mostDisruptedPods = 2000;

function budgetsOf(registry: Registry, pod: KubeObject): KubeObject[] {
  const type = registry.types.require("policy", "poddisruptionbudgets");
  return registry.store
    .list(type, pod.metadata.namespace)
    .filter((budget) => selectsLabels(budget.spec?.selector, pod.metadata.labels));
}

function refusal(cause: string, retryAfterSeconds?: number): StatusError {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  return new StatusError(429, "TooManyRequests", message, {
    causes: [{ reason: "DisruptionBudget", message: cause }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** What the budget says to an eviction that it does not allow. */
function refusalCause({ metadata: { name }, status }: KubeObject): string {
  const condition = status.conditions?.find(({ type }: Json) => type === "DisruptionAllowed");
  const says = condition?.status === "False" && condition.message !== "";
  if (says && condition.reason === "SyncFailed")
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`;
  const { desiredHealthy, currentHealthy } = status;
  return currentHealthy <= desiredHealthy
    ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
    : `The disruption budget ${name} does not allow evicting pods currently`;
}

/** A pod that is not ready may go where the budget does not guard such pods, or has all the healthy ones it needs. */
function isUnguarded(pod: KubeObject, { spec, status }: KubeObject): boolean {
  if (isReadyPod(pod)) return false;
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** Takes one disruption from the budget. @throws StatusError 403, 429 */
function spend(registry: Registry, pod: KubeObject, budget: KubeObject, dryRun: boolean): void {
  const { name, namespace, generation = 0 } = budget.metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = budget.status ?? {};
  if (observedGeneration < generation)
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  const subject = { group: "policy", plural: "poddisruptionbudget", kind: "PodDisruptionBudget" };
  if (Object.keys(disruptedPods).length > mostDisruptedPods) {
    const why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
    throw forbidden(subject, name, why);
  }
  if (disruptionsAllowed <= 0) throw refusal(refusalCause(budget));
  if (dryRun) return;
  const now = registry.clock.now();
  const left = disruptionsAllowed - 1;
  const type = registry.types.require("policy", "poddisruptionbudgets");
  registry.mutate(
    type,
    namespace,
    name,
    (current) => {
      const status = {
        ...current.status,
        disruptionsAllowed: left,
        disruptedPods: { ...disruptedPods, [pod.metadata.name]: formatTime(now) },
      };
      if (left === 0) status.conditions = disruptionCondition(status, sufficiency(0), now);
      return { ...current, status };
    },
    { subresource: "status" },
  );
}

function checkPreconditions(pod: KubeObject, { preconditions }: DeleteOptions): void {
  const { name, uid } = pod.metadata;
  if (!preconditions?.uid || preconditions.uid === uid) return;
  const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
  throw conflict({ group: "", plural: "Pod", kind: "Pod" }, name, why);
}

/**
 * Evicts a pod: its deletion, if its disruption budget allows.
 * @param named the pod that the Eviction itself names
 * @throws StatusError 400, 404, 409, 429 (the budget forbids it now), 500 (more than one budget)
 */
export function evictPod(
  registry: Registry,
  namespace: string,
  name: string,
  options: DeleteOptions,
  named: string | undefined = name,
): void {
  if (named !== name) throw badRequest("name in URL does not match name in Eviction object");
  const type = registry.types.require("", "pods");
  const pod = registry.get(type, namespace, name);
  const terminal =
    ["Succeeded", "Failed", "Pending"].includes(pod.status?.phase) || pod.metadata.deletionTimestamp;
  checkPreconditions(pod, options);
  if (!terminal) askBudget(registry, pod, options.dryRun ?? false);
  if (options.dryRun) return;
  const marked = markDisrupted(registry, pod);
  const { resourceVersion } = options.preconditions ?? {};
  const current =
    resourceVersion === pod.metadata.resourceVersion ? marked.metadata.resourceVersion : resourceVersion;
  const preconditions = { ...options.preconditions, ...(current ? { resourceVersion: current } : {}) };
  registry.delete(type, namespace, name, { ...options, preconditions });
}

function askBudget(registry: Registry, pod: KubeObject, dryRun: boolean): void {
  const [budget, ...more] = budgetsOf(registry, pod);
  if (!budget) return;
  if (more.length > 0) {
    const message =
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw new StatusError(500, "", message);
  }
  if (!isUnguarded(pod, budget)) spend(registry, pod, budget, dryRun);
}

function markDisrupted(registry: Registry, pod: KubeObject): KubeObject {
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastProbeTime: null,
  };
  const time = formatTime(registry.clock.now());
  return registry.mutate(
    registry.types.require("", "pods"),
    pod.metadata.namespace,
    pod.metadata.name,
    (current) => {
      const conditions = withCondition(current.status?.conditions, condition, time);
      return { ...current, status: { ...current.status, conditions } };
    },
    { subresource: "status" },
  );
}
