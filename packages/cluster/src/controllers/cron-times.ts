import type { KubeObject } from "../api/objects.ts";
import type { CronSchedule } from "../cron/cron-schedule.ts";

/** Above as many missed runs the controller warns that something is wrong. */
const manyMissed = 100;

/** The last time of a schedule that has come without a run. */
export interface DueTime {
  readonly time: number;
  /** True when so many runs have been missed that clock or deadline must be wrong. */
  readonly tooManyMissed: boolean;
}

/** Since when runs are counted: creation or the last run, but no longer ago than a run may be late. */
function earliestTime(cronJob: KubeObject, now: number): number {
  const { creationTimestamp = "" } = cronJob.metadata;
  const since = Date.parse(cronJob.status?.lastScheduleTime ?? creationTimestamp);
  const deadline = cronJob.spec.startingDeadlineSeconds;
  return deadline === undefined ? since : Math.max(since, now - deadline * 1000);
}

/** The most recent time of the schedule that is due; earlier ones are missed for good. */
export function dueTime(cronJob: KubeObject, schedule: CronSchedule, now: number): DueTime | undefined {
  const since = earliestTime(cronJob, now);
  const first = schedule.next(since);
  if (first === undefined || first > now) return undefined;
  const second = schedule.next(first);
  if (second === undefined || second > now) return { time: first, tooManyMissed: false };
  // A jump close to now keeps years of missed minutes from being walked one by one.
  const pace = second - first;
  const missed = Math.floor((now - first) / pace) + 1;
  let time = first;
  for (
    let next = schedule.next(first + Math.max(0, missed - 2) * pace - 1);
    next !== undefined && next <= now;
    next = schedule.next(next)
  )
    time = next;
  return { time, tooManyMissed: missed > manyMissed };
}
