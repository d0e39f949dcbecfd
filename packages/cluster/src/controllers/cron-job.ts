import { clone, formatTime, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import { type CronSchedule, parseSchedule } from "../cron/cron-schedule.ts";
import { TimeZone } from "../cron/time-zone.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { dueTime } from "./cron-times.ts";
import { controllerOf, controllerReference } from "./owner.ts";

const component = "cronjob-controller";
const timestampAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** How a Job has ended; undefined while it has not. */
function outcomeOf(job: KubeObject): "Complete" | "Failed" | undefined {
  const ended = (job.status?.conditions ?? []).find(
    ({ type, status }: Json) => (type === "Complete" || type === "Failed") && status === "True",
  );
  return ended?.type;
}

function zoneOf(cronJob: KubeObject): TimeZone {
  return new TimeZone(cronJob.spec.timeZone ?? "UTC");
}

/** Starts Jobs by the clock, one for each time of a CronJob's schedule, and keeps their history short. */
export function cronJobController(context: ControllerContext): Controller {
  const { registry, clock, events } = context;
  const type = registry.types.require("batch", "cronjobs");
  const jobs = registry.types.require("batch", "jobs");
  /** Schedules by zone and text: reading one is not for free and they change rarely. */
  const schedules = new Map<string, CronSchedule>();

  function scheduleOf(cronJob: KubeObject): CronSchedule {
    const zone = zoneOf(cronJob);
    const key = `${zone.name} ${cronJob.spec.schedule}`;
    const schedule = schedules.get(key) ?? parseSchedule(cronJob.spec.schedule, zone);
    schedules.set(key, schedule);
    return schedule;
  }

  function owned(cronJob: KubeObject): readonly KubeObject[] {
    return registry.store.listIndexed(jobs, "controller", cronJob.metadata.uid ?? "") ?? [];
  }

  function writeStatus(cronJob: KubeObject, status: Json): KubeObject {
    if (jsonEqual(status, cronJob.status)) return cronJob;
    const { namespace, name } = cronJob.metadata;
    return registry.mutate(type, namespace, name, (current) => ({ ...current, status }), {
      subresource: "status",
    });
  }

  /** Takes Jobs that have ended or gone off the list of active ones. */
  function followJobs(cronJob: KubeObject): KubeObject {
    const status = clone(cronJob.status ?? {});
    const present = new Map(owned(cronJob).map((job) => [job.metadata.uid, job]));
    const active: Json[] = (status.active ?? []).filter((reference: Json) => {
      const job = present.get(reference.uid);
      const outcome = job && outcomeOf(job);
      if (!job)
        events.record(
          cronJob,
          "Normal",
          "MissingJob",
          `Active job went missing: ${reference.name}`,
          component,
        );
      else if (outcome) {
        const message = `Saw completed job: ${reference.name}, condition: ${outcome}`;
        events.record(cronJob, "Normal", "SawCompletedJob", message, component);
      }
      return job && !outcome;
    });
    const ends = [...present.values()]
      .filter((job) => outcomeOf(job) === "Complete")
      .map((job): string => job.status.completionTime ?? "");
    const [latest = ""] = [status.lastSuccessfulTime ?? "", ...ends].sort().reverse();
    if (latest) status.lastSuccessfulTime = latest;
    if (active.length > 0) status.active = active;
    else delete status.active;
    return writeStatus(cronJob, status);
  }

  function removeJob(cronJob: KubeObject, job: KubeObject): void {
    registry.delete(jobs, job.metadata.namespace, job.metadata.name, { propagationPolicy: "Background" });
    events.record(cronJob, "Normal", "SuccessfulDelete", `Deleted job ${job.metadata.name}`, component);
  }

  function trimHistory(cronJob: KubeObject): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    for (const [outcome, limit] of [
      ["Complete", successfulJobsHistoryLimit],
      ["Failed", failedJobsHistoryLimit],
    ] as const) {
      const ended = owned(cronJob)
        .filter((job) => outcomeOf(job) === outcome && !job.metadata.deletionTimestamp)
        .sort((left, right) => (startOf(left) < startOf(right) ? -1 : 1));
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) removeJob(cronJob, job);
    }
  }

  function jobOf(cronJob: KubeObject, time: number): KubeObject {
    const { metadata, spec } = cronJob.spec.jobTemplate;
    return {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name: `${cronJob.metadata.name}-${Math.floor(time / 60_000)}`,
        ...(metadata?.labels ? { labels: { ...metadata.labels } } : {}),
        annotations: { ...metadata?.annotations, [timestampAnnotation]: zoneOf(cronJob).format(time) },
        ownerReferences: [controllerReference(type, cronJob)],
      },
      spec: clone(spec),
    };
  }

  /** Creates the Job of a time, or finds the one that was created before its creation could be noted. */
  function createJob(cronJob: KubeObject, time: number): KubeObject | undefined {
    const wanted = jobOf(cronJob, time);
    const { namespace } = cronJob.metadata;
    const present = registry.store.get(jobs, namespace, wanted.metadata.name);
    if (present) return controllerOf(present)?.uid === cronJob.metadata.uid ? present : undefined;
    try {
      const created = registry.create(jobs, namespace, wanted);
      events.record(cronJob, "Normal", "SuccessfulCreate", `Created job ${created.metadata.name}`, component);
      return created;
    } catch (error) {
      if (error instanceof StatusError)
        events.record(cronJob, "Warning", "FailedCreate", `Error creating job: ${error.message}`, component);
      throw error;
    }
  }

  /** Starts what is due, as far as deadline and concurrency policy let it. */
  function startDue(cronJob: KubeObject, schedule: CronSchedule): void {
    const now = clock.now();
    const due = dueTime(cronJob, schedule, now);
    if (!due || formatTime(due.time) === cronJob.status?.lastScheduleTime) return;
    if (due.tooManyMissed) {
      const message =
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      events.record(cronJob, "Warning", "TooManyMissedTimes", message, component);
    }
    const active: Json[] = cronJob.status?.active ?? [];
    const { concurrencyPolicy } = cronJob.spec;
    if (concurrencyPolicy === "Forbid" && active.length > 0) {
      const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
      events.record(cronJob, "Normal", "JobAlreadyActive", message, component);
      return;
    }
    const replaced = concurrencyPolicy === "Replace" ? active : [];
    for (const { name } of replaced) {
      const job = registry.store.get(jobs, cronJob.metadata.namespace, name);
      if (job) removeJob(cronJob, job);
    }
    const job = createJob(cronJob, due.time);
    if (!job) return;
    const { uid, name, namespace, resourceVersion } = job.metadata;
    const reference = { kind: "Job", namespace, name, uid, apiVersion: "batch/v1", resourceVersion };
    writeStatus(cronJob, {
      ...cronJob.status,
      active: [...active.filter((entry) => !replaced.includes(entry)), reference],
      lastScheduleTime: formatTime(due.time),
    });
  }

  return {
    name: "cronjob",
    watches: [
      { type, keys: ({ object, deleted }) => (deleted ? [] : [keyOf(object)]) },
      {
        type: jobs,
        keys: ({ object }) => {
          const owner = controllerOf(object);
          return owner?.kind === "CronJob" ? [`${object.metadata.namespace}/${owner.name}`] : [];
        },
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const found = registry.store.get(type, namespace, name);
      if (!found) return undefined;
      const cronJob = followJobs(found);
      trimHistory(cronJob);
      if (cronJob.metadata.deletionTimestamp || cronJob.spec.suspend) return undefined;
      const schedule = scheduleOf(cronJob);
      startDue(cronJob, schedule);
      const next = schedule.next(clock.now());
      return next === undefined ? undefined : next - clock.now();
    },
  };
}

function startOf(job: KubeObject): string {
  return `${job.status?.startTime ?? "9"} ${job.metadata.name}`;
}
