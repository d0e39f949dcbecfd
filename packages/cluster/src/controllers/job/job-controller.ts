import { formatTime, type Json, type KubeObject } from "../../api/objects.ts";
import { claimantKeys, claimDependents } from "../claim-dependents.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "../controller.ts";
import { controllerOf } from "../owner.ts";
import { isActivePod, isTerminatingPod } from "../pod-facts.ts";
import { JobBackoff } from "./backoff.ts";
import { hasLimitPerIndex, isManagedElsewhere, isOver, trackingFinalizer } from "./job-facts.ts";
import { JobPods } from "./job-pods.ts";
import { releasable, withActivity, withCounts, withJobCondition, withSuspension } from "./job-status.ts";
import { type JobView, viewJob } from "./job-view.ts";
import { completion, deadlineLeft, earlyOutcome, type Outcome } from "./outcome.ts";

const component = "job-controller";

/** Runs Jobs: pods until enough have succeeded or too many have failed. */
export function jobController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("batch", "jobs");
  const pods = registry.types.require("", "pods");
  const jobPods = new JobPods(context, type);
  const backoff = new JobBackoff();

  function owned(job: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(pods, "controller", job.metadata.uid ?? "") ?? [];
  }

  function writeStatus(job: KubeObject, status: Json): void {
    const { namespace, name } = job.metadata;
    registry.mutate(type, namespace, name, (current) => ({ ...current, status }), { subresource: "status" });
  }

  function proceed(view: JobView): number | undefined {
    const { job } = view;
    if (job.metadata.deletionTimestamp) return undefined;
    return jobPods.manage(view, hasLimitPerIndex(job) ? 0 : backoff.left(job, clock.now()));
  }

  function suspend(job: KubeObject, status: Json): Json {
    if (job.metadata.deletionTimestamp) return status;
    const next = withSuspension(job, status, clock.now());
    if (next === status) return status;
    if (job.spec.suspend) events.record(job, "Normal", "Suspended", "Job suspended", component);
    else events.record(job, "Normal", "Resumed", "Job resumed", component);
    return next;
  }

  /** Counts pods that have ended, lets them go, and ends the Job when none is left of a Job that is to end. */
  function track(view: JobView, before: Json, outcome: Outcome | undefined): void {
    const { job } = view;
    const released = releasable(view, outcome);
    let status = withCounts(view, before, released, outcome);
    if (outcome) {
      const { interim, reason, message } = outcome;
      status = withJobCondition(status, { type: interim, status: "True", reason, message }, clock.now());
    }
    if (released.length > 0) writeStatus(job, withActivity(status, owned(job)));
    for (const pod of released) jobPods.release(pod);
    const left = owned(job);
    status = withActivity(status, left);
    if (!outcome || left.some(isTerminatingPod)) {
      writeStatus(job, status);
      return;
    }
    writeStatus(job, ended(status, outcome));
    tellEnd(job, outcome);
  }

  function ended(status: Json, { terminal, reason, message }: Outcome): Json {
    const condition = { type: terminal, status: "True", reason, message };
    const next = withJobCondition(status, condition, clock.now());
    return terminal === "Complete" ? { ...next, completionTime: formatTime(clock.now()) } : next;
  }

  function tellEnd(job: KubeObject, { terminal, reason, message }: Outcome): void {
    backoff.forget(job.metadata.uid);
    if (terminal === "Complete") events.record(job, "Normal", "Completed", "Job completed", component);
    else events.record(job, "Warning", reason, message, component);
  }

  function claim(job: KubeObject): KubeObject[] {
    const claimant = { type, object: job, selector: job.spec.selector };
    return claimDependents(registry, claimant, pods, { finalizer: trackingFinalizer });
  }

  function reconcile(job: KubeObject): number | undefined {
    if (isManagedElsewhere(job)) return undefined;
    if (isOver(job)) {
      for (const pod of owned(job)) jobPods.release(pod);
      return undefined;
    }
    const now = clock.now();
    const view = viewJob(job, claim(job));
    if (!hasLimitPerIndex(job)) backoff.note(job, view.newlySucceeded, view.newlyFailed);
    let status: Json = { ...job.status };
    if (!job.spec.suspend) status.startTime ??= formatTime(now);
    const early = earlyOutcome(view, status.startTime, now);
    if (early) {
      jobPods.stop(job, view.active);
      track(view, status, early);
      return undefined;
    }
    try {
      return soonest(proceed(view), deadlineLeft(job, status.startTime, now));
    } finally {
      // What has ended is counted even when new pods were refused.
      const outcome = completion(view, owned(job).filter(isActivePod).length);
      if (!outcome) status = suspend(job, status);
      track(view, status, outcome);
    }
  }

  /** A Job that is gone counts no more: its pods must not wait for it. */
  function releaseOrphans(namespace: string | undefined, name: string): void {
    for (const pod of registry.store.list(pods, namespace)) {
      const owner = controllerOf(pod);
      if (owner?.kind === "Job" && owner.name === name) jobPods.release(pod);
    }
  }

  return {
    name: "job",
    watches: [
      {
        type,
        keys({ deleted, object }) {
          if (deleted) backoff.forget(object.metadata.uid);
          return [keyOf(object)];
        },
      },
      { type: pods, keys: (change) => claimantKeys(registry, type, change) },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const job = registry.store.get(type, namespace, name);
      if (job) return reconcile(job);
      releaseOrphans(namespace, name);
      return undefined;
    },
  };
}

function soonest(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : Math.min(left, right);
}
