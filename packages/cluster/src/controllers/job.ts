import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { countInto, finishTime, isOver, restartCount } from "./job-counts.ts";
import { completionIndex, indexedPod, parseIndexes } from "./job-indexes.ts";
import { controllerOf, controllerReference } from "./owner.ts";
import { isActivePod, isFinishedPod, isReadyPod, withCondition } from "./pod-facts.ts";
import { podFromTemplate } from "./replica-set.ts";

const trackingFinalizer = "batch.kubernetes.io/job-tracking";
const component = "job-controller";
const firstBackoffMs = 10_000;
const longestBackoffMs = 600_000;

interface Outcome {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** Runs Jobs: pods until enough have succeeded or too many have failed. */
export function jobController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("batch", "jobs");
  const pods = registry.types.require("", "pods");

  function owned(job: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(pods, "controller", job.metadata.uid ?? "") ?? [];
  }

  function writeStatus(job: KubeObject, change: (status: Json) => Json): KubeObject {
    const { namespace, name } = job.metadata;
    return registry.mutate(
      type,
      namespace,
      name,
      (current) => ({ ...current, status: change(current.status ?? {}) }),
      {
        subresource: "status",
      },
    );
  }

  /** Counts pods that have ended since the last look, then lets them go: each is counted once, even if it is deleted. */
  function count(job: KubeObject): KubeObject {
    const tracked = owned(job).filter((pod) => pod.metadata.finalizers?.includes(trackingFinalizer));
    const ended = tracked.filter(
      (pod) => isFinishedPod(pod) || (pod.metadata.deletionTimestamp && !isRunningOut(pod)),
    );
    if (ended.length === 0) return job;
    const succeeded = ended.filter((pod) => pod.status?.phase === "Succeeded");
    const failed = ended.length - succeeded.length;
    const failedAt = Math.max(
      0,
      ...ended.filter((pod) => pod.status?.phase !== "Succeeded").map((pod) => finishTime(pod, clock.now())),
    );
    if (failedAt > 0) lastFailure.set(job.metadata.uid ?? "", failedAt);
    const counted = writeStatus(job, (status) => countInto(job, status, succeeded, failed));
    for (const pod of ended) release(pod);
    return counted;
  }

  /** A pod being deleted that its node still has to end. */
  function isRunningOut(pod: KubeObject): boolean {
    return Boolean(pod.spec.nodeName) && (pod.metadata.deletionGracePeriodSeconds ?? 0) > 0;
  }

  function release(pod: KubeObject): void {
    registry.mutate(pods, pod.metadata.namespace, pod.metadata.name, (current) => {
      current.metadata.finalizers =
        current.metadata.finalizers?.filter((entry) => entry !== trackingFinalizer) ?? [];
      return current;
    });
  }

  // When each Job last saw a pod fail; only the pace of retries hangs on it.
  const lastFailure = new Map<string, number>();

  function backoffLeft(job: KubeObject): number {
    const failures = job.status?.failed ?? 0;
    const since = lastFailure.get(job.metadata.uid ?? "");
    if (failures === 0 || since === undefined) return 0;
    return since + Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures - 1, 20)) - clock.now();
  }

  function stopPods(job: KubeObject): void {
    for (const pod of owned(job).filter(isActivePod)) {
      registry.delete(pods, pod.metadata.namespace, pod.metadata.name);
      events.record(job, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`, component);
    }
    for (const pod of owned(job)) {
      if (pod.metadata.deletionTimestamp && pod.metadata.finalizers?.includes(trackingFinalizer))
        release(pod);
    }
  }

  function finish(job: KubeObject, outcome: Outcome): number | undefined {
    const first = outcome.type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget";
    const time = formatTime(clock.now());
    stopPods(job);
    writeStatus(job, (status) => {
      const { active: _active, ready: _ready, ...rest } = status;
      const { reason, message } = outcome;
      const base = { status: "True", lastProbeTime: time, reason, message };
      let conditions = withCondition(status.conditions, { ...base, type: first }, time);
      conditions = withCondition(conditions, { ...base, type: outcome.type }, time);
      return {
        ...rest,
        ready: 0,
        ...(outcome.type === "Complete" ? { completionTime: time } : {}),
        conditions,
      };
    });
    const complete = outcome.type === "Complete";
    events.record(
      job,
      complete ? "Normal" : "Warning",
      complete ? "Completed" : outcome.reason,
      complete ? "Job completed" : outcome.message,
      component,
    );
    return expire(job);
  }

  /** Deletes a finished Job whose time to live is over. */
  function expire(job: KubeObject): number | undefined {
    const ttl = job.spec.ttlSecondsAfterFinished;
    const current = registry.store.get(type, job.metadata.namespace, job.metadata.name);
    if (ttl === undefined || !current || current.metadata.deletionTimestamp) return undefined;
    const ended = (current.status?.conditions ?? []).find(
      (entry: Json) => entry.type === "Complete" || entry.type === "Failed",
    );
    const left = Date.parse(ended?.lastTransitionTime ?? "") + ttl * 1000 - clock.now();
    if (left > 0) return left;
    registry.delete(type, job.metadata.namespace, job.metadata.name);
    return undefined;
  }

  function createPods(job: KubeObject, active: readonly KubeObject[], missing: number): void {
    for (let created = 0; created < missing; created += 1) {
      const pod = podFromTemplate(job.spec.template, { generateName: `${job.metadata.name}-` });
      if (job.spec.completionMode === "Indexed") {
        const taken = new Set([...active, ...owned(job).filter(isActivePod)].map(completionIndex));
        const done = parseIndexes(job.status?.completedIndexes);
        const index = Array.from({ length: job.spec.completions }, (_, value) => value).find(
          (value) => !taken.has(value) && !done.has(value),
        );
        if (index === undefined) return;
        indexedPod(pod, job.metadata.name, index);
      }
      pod.metadata.ownerReferences = [controllerReference(type, job)];
      pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer];
      const stored = registry.create(pods, job.metadata.namespace, pod);
      events.record(job, "Normal", "SuccessfulCreate", `Created pod: ${stored.metadata.name}`, component);
    }
  }

  /** Starts or stops pods; returns when to look again. */
  function manage(job: KubeObject): number | undefined {
    const active = owned(job).filter(isActivePod);
    const { parallelism, completions } = job.spec;
    const succeeded = job.status?.succeeded ?? 0;
    const wanted =
      completions === undefined
        ? succeeded > 0
          ? active.length
          : parallelism
        : Math.min(parallelism, completions - succeeded);
    if (active.length > wanted) {
      for (const pod of active.slice(0, active.length - wanted))
        registry.delete(pods, pod.metadata.namespace, pod.metadata.name);
      return undefined;
    }
    const wait = backoffLeft(job);
    if (active.length === wanted) return undefined;
    if (wait > 0) return wait;
    createPods(job, active, wanted - active.length);
    return undefined;
  }

  function suspend(job: KubeObject): void {
    stopPods(job);
    const time = formatTime(clock.now());
    const condition = { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" };
    writeStatus(job, (status) => {
      const { startTime: _start, ...rest } = status;
      return { ...rest, ready: 0, conditions: withCondition(status.conditions, condition, time) };
    });
  }

  function begin(job: KubeObject): KubeObject {
    const suspended = (job.status?.conditions ?? []).some(
      (entry: Json) => entry.type === "Suspended" && entry.status === "True",
    );
    if (job.status?.startTime && !suspended) return job;
    const time = formatTime(clock.now());
    const resumed = { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" };
    return writeStatus(job, (status) => ({
      ...status,
      startTime: status.startTime ?? time,
      ...(suspended ? { conditions: withCondition(status.conditions, resumed, time) } : {}),
    }));
  }

  function outcomeOf(job: KubeObject): Outcome | undefined {
    const { backoffLimit, completions, activeDeadlineSeconds } = job.spec;
    const { failed = 0, succeeded = 0, startTime } = job.status ?? {};
    const restarts =
      job.spec.template.spec.restartPolicy === "OnFailure" ? restartCount(owned(job).filter(isActivePod)) : 0;
    if (failed > backoffLimit || (restarts > 0 && restarts >= Math.max(1, backoffLimit))) {
      return {
        type: "Failed",
        reason: "BackoffLimitExceeded",
        message: "Job has reached the specified backoff limit",
      };
    }
    if (
      activeDeadlineSeconds !== undefined &&
      clock.now() - Date.parse(startTime) >= activeDeadlineSeconds * 1000
    ) {
      return {
        type: "Failed",
        reason: "DeadlineExceeded",
        message: "Job was active longer than specified deadline",
      };
    }
    const idle = owned(job).every((pod) => !isActivePod(pod));
    const done = completions === undefined ? succeeded > 0 && idle : succeeded >= completions;
    return done
      ? {
          type: "Complete",
          reason: "CompletionsReached",
          message: "Reached expected number of succeeded pods",
        }
      : undefined;
  }

  function reconcile(found: KubeObject): number | undefined {
    let job = count(found);
    if (isOver(job)) return expire(job);
    if (job.metadata.deletionTimestamp) {
      stopPods(job);
      return undefined;
    }
    if (job.spec.suspend) {
      suspend(job);
      return undefined;
    }
    job = begin(job);
    const outcome = outcomeOf(job);
    if (outcome) return finish(job, outcome);
    const again = manage(job);
    job = writeStatus(job, (status) => {
      const active = owned(job).filter(isActivePod);
      const { active: _active, ...rest } = status;
      return {
        ...rest,
        ...(active.length > 0 ? { active: active.length } : {}),
        ready: active.filter(isReadyPod).length,
      };
    });
    return soonest(again, deadlineLeft(job));
  }

  function deadlineLeft(job: KubeObject): number | undefined {
    const deadline = job.spec.activeDeadlineSeconds;
    return deadline === undefined
      ? undefined
      : Math.max(0, Date.parse(job.status.startTime) + deadline * 1000 - clock.now());
  }

  return {
    name: "job",
    watches: [
      { type, keys: ({ object }) => [keyOf(object)] },
      {
        type: pods,
        keys: ({ object }) => {
          const owner = controllerOf(object);
          return owner?.kind === "Job" ? [`${object.metadata.namespace}/${owner.name}`] : [];
        },
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const job = registry.store.get(type, namespace, name);
      if (job) return reconcile(job);
      releaseOrphans(namespace, name);
      return undefined;
    },
  };

  /** A Job that is gone counts no more: its pods must not wait for it. */
  function releaseOrphans(namespace: string | undefined, name: string): void {
    for (const pod of registry.store.list(pods, namespace)) {
      const owner = controllerOf(pod);
      if (
        owner?.kind === "Job" &&
        owner.name === name &&
        pod.metadata.finalizers?.includes(trackingFinalizer)
      )
        release(pod);
    }
  }
}

function soonest(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : Math.min(left, right);
}
