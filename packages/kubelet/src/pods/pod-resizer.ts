import {
  type Container,
  type Pod,
  type PodSpec,
  type ResourceRequirements,
  toProviderError,
} from "@vkubelet/core";
import { Quantity } from "@vkubelet/pod";
import type { PodScope, Requeue } from "./pod-scope.ts";
import type { PodUpdater } from "./pod-updater.ts";
import type { PendingResize } from "./resize-condition.ts";
import { isSameButForUnset } from "./without-unset.ts";

/** A resize for which there is no room now, or that failed for now, is tried again so often. */
const retryMs = 30_000;

/**
 * Answers changes of a running pod's cpu and memory (pod-semantics A9, F7): they are given to a backend that takes
 * changes when the node has room for them. Until then, and for good where the backend cannot, the pod counts with what
 * it had, says so in its condition PodResizePending, and goes on.
 */
export class PodResizer {
  readonly #scope: PodScope;
  readonly #updater: PodUpdater;
  /** The resources that the backend refused for good, as text. */
  #refused: string | undefined;
  #notBefore = 0;

  constructor(scope: PodScope, updater: PodUpdater) {
    this.#scope = scope;
    this.#updater = updater;
  }

  /** The pod with the resources that it was given. */
  allocated(pod: Pod): Pod {
    const counted = this.#scope.environment.admission.counted(this.#scope.ref.uid);
    if (counted === undefined || hasSameResources(counted, pod)) return pod;
    return resourcesText(counted) === resourcesText(pod) ? pod : withResourcesOf(counted, pod);
  }

  /** Brings the resources of the backend's run `attempt` up to date with the pod, or says why not. */
  async resize(pod: Pod, attempt: number): Promise<Requeue> {
    const { environment, reporter } = this.#scope;
    if (this.allocated(pod) === pod) {
      this.#refused = undefined;
      return reporter.tellResize(undefined) ? 0 : undefined;
    }
    const wanted = resourcesText(pod);
    if (this.#refused === wanted) return undefined;
    const now = environment.clock.monotonic();
    if (now < this.#notBefore) return this.#notBefore - now;
    const pending = await this.#try(pod, attempt);
    if (pending?.reason === "Infeasible") this.#refused = wanted;
    if (pending?.reason === "Deferred") this.#notBefore = now + retryMs;
    return reporter.tellResize(pending) ? 0 : pending?.reason === "Deferred" ? retryMs : undefined;
  }

  async #try(pod: Pod, attempt: number): Promise<PendingResize | undefined> {
    const { admission, provider, resolver } = this.#scope.environment;
    const infeasible = (why: string): PendingResize => ({
      reason: "Infeasible",
      message: `the ${provider.name} backend cannot resize the pod while it runs: ${why}`,
    });
    if (provider.updatePod === undefined) return infeasible("it has no way to change a pod that runs");
    const before = admission.counted(this.#scope.ref.uid);
    const verdict = admission.resize(pod);
    if ("waiting" in verdict) return { reason: "Deferred", message: verdict.waiting };
    if (!verdict.admitted) return { reason: "Deferred", message: verdict.message };
    let pending: PendingResize | undefined;
    try {
      const outcome = await resolver.resolve(pod, attempt, this.#scope.unwanted.signal);
      if (outcome.type === "waiting") {
        pending = { reason: "Deferred", message: outcome.waits.map(({ message }) => message).join("; ") };
      } else {
        const refusal = await this.#updater.call(outcome.pod);
        if (refusal === undefined) this.#updater.given(outcome.pod, outcome.revision);
        else pending = infeasible(refusal);
      }
    } catch (error) {
      if (this.#scope.unwanted.aborted) throw error;
      pending = { reason: "Deferred", message: toProviderError(error).message };
    }
    if (pending !== undefined && before !== undefined) admission.count(before);
    return pending;
  }
}

/** Whether the pods' resources are written alike, as they are unless somebody resizes. */
function hasSameResources({ spec: left }: Pod, { spec: right }: Pod): boolean {
  if (!isSameButForUnset(left?.resources, right?.resources)) return false;
  const [before, now] = [containersOf(left), containersOf(right)];
  return (
    before.length === now.length &&
    before.every(({ resources }, index) => isSameButForUnset(resources, now[index]?.resources))
  );
}

/** The resources of the pod as text to compare: the same amount written in two ways is the same. */
function resourcesText({ spec }: Pod): string {
  return JSON.stringify([
    canonical(spec?.resources),
    containersOf(spec).map(({ resources }) => canonical(resources)),
  ]);
}

function canonical({ requests = {}, limits = {} }: ResourceRequirements = {}): unknown {
  return [requests, limits].map((list) =>
    Object.entries(list)
      .map(([name, amount]) => [name, Quantity.parse(amount).toString()])
      .sort(([a = ""], [b = ""]) => a.localeCompare(b)),
  );
}

function withResourcesOf(before: Pod, pod: Pod): Pod {
  const old = new Map(containersOf(before.spec).map(({ name, resources }) => [name, resources]));
  const restored = (container: Container): Container => {
    const { resources: _, ...rest } = container;
    const resources = old.get(container.name);
    return resources === undefined ? rest : { ...rest, resources };
  };
  const { resources: _, ...spec } = pod.spec ?? { containers: [] };
  const { resources } = before.spec ?? {};
  return {
    ...pod,
    spec: {
      ...spec,
      ...(resources !== undefined && { resources }),
      containers: spec.containers.map(restored),
      ...(spec.initContainers !== undefined && { initContainers: spec.initContainers.map(restored) }),
    },
  };
}

function containersOf(spec: PodSpec | undefined): readonly Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}
