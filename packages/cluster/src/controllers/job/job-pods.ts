import type { KubeObject } from "../../api/objects.ts";
import type { ResourceType } from "../../resources/resource-type.ts";
import type { ControllerContext } from "../controller.ts";
import { inDeletionOrder } from "../deletion-order.ts";
import { PodControl, podFromTemplate } from "../pod-control.ts";
import { isTerminatingPod } from "../pod-facts.ts";
import { carryFailures, indexBackoffLeft } from "./index-failures.ts";
import { completionIndex, indexedPod } from "./indexes.ts";
import {
  hasLimitPerIndex,
  isIndexed,
  isTracked,
  replacesOnlyFailed,
  trackingFinalizer,
} from "./job-facts.ts";
import type { JobView } from "./job-view.ts";

const burst = 500;

/** Creates, stops and lets go of the pods of Jobs. */
export class JobPods {
  readonly #context: ControllerContext;
  readonly #control: PodControl;
  readonly #pods: ResourceType;

  constructor(context: ControllerContext, jobs: ResourceType) {
    this.#context = context;
    this.#control = new PodControl(context, jobs, "job-controller");
    this.#pods = context.registry.types.require("", "pods");
  }

  /** Takes the finalizer off a pod that has been counted, or is not to be. */
  release(pod: KubeObject): void {
    const { registry } = this.#context;
    const { namespace, name } = pod.metadata;
    const current = registry.store.get(this.#pods, namespace, name);
    if (!current || !isTracked(current)) return;
    registry.mutate(this.#pods, namespace, name, (object) => {
      const { finalizers = [] } = object.metadata;
      object.metadata.finalizers = finalizers.filter((entry) => entry !== trackingFinalizer);
      return object;
    });
  }

  /** Deletes pods of a Job that ends; they are still to be counted. */
  stop(job: KubeObject, pods: readonly KubeObject[]): void {
    for (const pod of pods) this.#control.delete(job, pod);
  }

  /** Deletes pods that are not needed, without counting them. */
  discard(job: KubeObject, pods: readonly KubeObject[]): void {
    for (const pod of pods) {
      this.release(pod);
      this.#control.delete(job, pod);
    }
  }

  /**
   * Brings the pods that run to the number that the Job wants; returns milliseconds until it may create those that are
   * missing. @param backoff milliseconds for which no pod is to be created, where indexes are not counted one by one
   */
  manage(view: JobView, backoff: number): number | undefined {
    const { job, active } = view;
    if (job.spec.suspend) {
      this.discard(job, active);
      return undefined;
    }
    const wanted = wantedPods(view);
    const surplus = surplusPods(view, Math.max(0, active.length - wanted));
    if (surplus.length > 0) {
      this.discard(job, surplus.slice(0, burst));
      return undefined;
    }
    const terminating = replacesOnlyFailed(job) ? view.pods.filter(isTerminatingPod).length : 0;
    const missing = Math.min(burst, wanted - terminating - active.length);
    if (missing <= 0) return undefined;
    if (!hasLimitPerIndex(job) && backoff > 0) return backoff;
    return isIndexed(job) ? this.#createIndexed(view, missing) : this.#createAlike(job, missing);
  }

  #createAlike(job: KubeObject, missing: number): undefined {
    for (let created = 0; created < missing; created += 1) this.#control.create(job, newPod(job));
  }

  #createIndexed(view: JobView, missing: number): number | undefined {
    const { job, awaiting } = view;
    const now = this.#context.clock.now();
    const waits = pendingIndexes(view, missing).map((index) => ({
      index,
      wait: indexBackoffLeft(awaiting.get(index), now),
    }));
    const due = waits.filter(({ wait }) => wait === 0);
    if (due.length === 0) return waits.length === 0 ? undefined : Math.min(...waits.map(({ wait }) => wait));
    for (const { index } of due) {
      const pod = newPod(job);
      indexedPod(pod, job.metadata.name, index);
      if (hasLimitPerIndex(job)) carryFailures(job, pod, awaiting.get(index));
      this.#control.create(job, pod);
    }
    return undefined;
  }
}

function newPod(job: KubeObject): KubeObject {
  const pod = podFromTemplate(job.spec.template, { generateName: `${job.metadata.name}-` });
  pod.metadata.finalizers = [...new Set([...(pod.metadata.finalizers ?? []), trackingFinalizer])];
  return pod;
}

function wantedPods({ job, active, succeeded }: JobView): number {
  const { parallelism, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Active pods that are too many: those without a proper index, those beside another of the same index, the rest by cost. */
function surplusPods({ job, active }: JobView, atLeast: number): KubeObject[] {
  const surplus: KubeObject[] = [];
  let kept = inDeletionOrder(active);
  if (isIndexed(job)) {
    const best = new Map<number, KubeObject>();
    for (const pod of kept) {
      const index = completionIndex(pod);
      const known = index === undefined ? undefined : best.get(index);
      if (index === undefined || index >= job.spec.completions) surplus.push(pod);
      else best.set(index, pod);
      if (known) surplus.push(known);
    }
    kept = kept.filter((pod) => !surplus.includes(pod));
  }
  return [...surplus, ...kept.slice(0, Math.max(0, atLeast - surplus.length))];
}

/** The first indexes that have neither a pod nor an end. */
function pendingIndexes(view: JobView, count: number): number[] {
  const { job, pods, active, succeededIndexes, failedIndexes } = view;
  const held = replacesOnlyFailed(job) ? [...active, ...pods.filter(isTerminatingPod)] : active;
  const taken = new Set(held.map(completionIndex));
  const pending: number[] = [];
  for (let index = 0; index < job.spec.completions && pending.length < count; index += 1) {
    if (!taken.has(index) && !succeededIndexes.has(index) && !failedIndexes?.has(index)) pending.push(index);
  }
  return pending;
}
