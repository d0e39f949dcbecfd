import { formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import { selectsLabels } from "../selectors/label-selector.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { controllerOf } from "./owner.ts";
import { isReadyPod } from "./pod-facts.ts";
import { scaledValue } from "./scaled-value.ts";

const component = "controllermanager";
/** How long an evicted pod counts as gone although its deletion has not been seen. */
const evictionTimeoutMs = 120_000;

interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** The condition that says whether a budget allows disruptions; its time changes with its status alone. */
export function disruptionCondition(status: Json, news: Json, now: number): Json[] {
  const type = "DisruptionAllowed";
  const old = (status.conditions ?? []).find((entry: Json) => entry.type === type);
  const lastTransitionTime = old?.status === news.status ? old.lastTransitionTime : formatTime(now);
  const { observedGeneration } = status;
  return [{ type, message: "", ...news, lastTransitionTime, observedGeneration }];
}

/** The budget's answer to how many disruptions it allows, as a condition. */
export function sufficiency(allowed: number): Json {
  return allowed > 0
    ? { status: "True", reason: "SufficientPods" }
    : { status: "False", reason: "InsufficientPods" };
}

/** Keeps the status of PodDisruptionBudgets, by which evictions are allowed or refused. */
export function disruptionController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("policy", "poddisruptionbudgets");
  const pods = registry.types.require("", "pods");

  /** The object that says how many pods there should be: the Deployment above a ReplicaSet, else the controller. */
  function scaleOwner(pod: KubeObject): KubeObject | undefined {
    let found: KubeObject | undefined;
    for (let owner = controllerOf(pod); owner; owner = found && controllerOf(found)) {
      const kind = registry.types.ofKind(owner.apiVersion, owner.kind);
      if (!kind?.subresources.has("scale") && owner.kind !== "ReplicationController") break;
      const object = kind && registry.store.get(kind, pod.metadata.namespace, owner.name);
      if (!object || object.metadata.uid !== owner.uid) break;
      found = object;
    }
    return found;
  }

  function expectedScale(selected: readonly KubeObject[]): number {
    const scales = new Map<string, number>();
    for (const pod of selected) {
      if (!controllerOf(pod)) continue;
      const owner = scaleOwner(pod);
      if (!owner)
        throw new StatusError(500, "InternalError", `found no controllers for pod "${pod.metadata.name}"`);
      scales.set(owner.metadata.uid ?? "", owner.spec.replicas ?? 0);
    }
    return [...scales.values()].reduce((total, scale) => total + scale, 0);
  }

  function expectation({ spec }: KubeObject, selected: readonly KubeObject[]): Expectation {
    const { minAvailable, maxUnavailable } = spec;
    if (maxUnavailable !== undefined) {
      const expectedPods = expectedScale(selected);
      const may = scaledValue(maxUnavailable, expectedPods, Math.ceil);
      return { expectedPods, desiredHealthy: Math.max(0, expectedPods - may) };
    }
    if (typeof minAvailable === "number")
      return { expectedPods: selected.length, desiredHealthy: minAvailable };
    if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
    const expectedPods = expectedScale(selected);
    return { expectedPods, desiredHealthy: scaledValue(minAvailable, expectedPods, Math.ceil) };
  }

  /** Evicted pods whose deletion is still expected, with the time of the eviction. */
  function disrupted(budget: KubeObject, selected: readonly KubeObject[]): [string, string][] {
    const noted: Record<string, string> = budget.status?.disruptedPods ?? {};
    return selected.flatMap(({ metadata: { name, deletionTimestamp } }) => {
      const time = noted[name];
      const waits = time !== undefined && Date.parse(time) + evictionTimeoutMs >= clock.now();
      return waits && !deletionTimestamp ? [[name, time] as [string, string]] : [];
    });
  }

  function computed(budget: KubeObject, selected: readonly KubeObject[]): Json {
    const { expectedPods, desiredHealthy } = expectation(budget, selected);
    const evicted = disrupted(budget, selected);
    const leaving = new Set(evicted.map(([name]) => name));
    const currentHealthy = selected.filter(
      (pod) => !pod.metadata.deletionTimestamp && !leaving.has(pod.metadata.name) && isReadyPod(pod),
    ).length;
    const allowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const status = {
      ...(evicted.length > 0 ? { disruptedPods: Object.fromEntries(evicted) } : {}),
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed: allowed,
      observedGeneration: budget.metadata.generation,
      conditions: budget.status?.conditions,
    };
    return { ...status, conditions: disruptionCondition(status, sufficiency(allowed), clock.now()) };
  }

  /** When the budget cannot be worked out nothing may be disrupted. */
  function failed(budget: KubeObject, error: StatusError): Json {
    const status = {
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
      ...budget.status,
      disruptionsAllowed: 0,
    };
    const news = { status: "False", reason: "SyncFailed", message: error.message };
    return { ...status, conditions: disruptionCondition(status, news, clock.now()) };
  }

  function statusOf(budget: KubeObject, selected: readonly KubeObject[]): Json {
    try {
      return computed(budget, selected);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `Failed to calculate the number of expected pods: ${error.message}`;
      events.record(budget, "Warning", "CalculateExpectedPodCountFailed", message, component);
      return failed(budget, error);
    }
  }

  return {
    name: "disruption",
    watches: [
      { type, keys: ({ deleted, object }) => (deleted ? [] : [keyOf(object)]) },
      {
        type: pods,
        keys: ({ object }) =>
          registry.store
            .list(type, object.metadata.namespace)
            .filter(({ spec }) => selectsLabels(spec.selector, object.metadata.labels))
            .map(keyOf),
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const budget = registry.store.get(type, namespace, name);
      if (!budget) return undefined;
      const selected = registry.store
        .list(pods, namespace)
        .filter(({ metadata }) => selectsLabels(budget.spec.selector, metadata.labels));
      if (selected.length === 0)
        events.record(budget, "Normal", "NoPods", "No matching pods found", component);
      const status = statusOf(budget, selected);
      if (!jsonEqual(status, budget.status)) {
        registry.mutate(type, namespace, name, (current) => ({ ...current, status }), {
          subresource: "status",
        });
      }
      return status.disruptedPods ? evictionTimeoutMs : undefined;
    },
  };
}
