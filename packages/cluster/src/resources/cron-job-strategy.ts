import type { Json, KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField, unsupportedField } from "../api/status-error.ts";
import { parseSchedule } from "../cron/cron-schedule.ts";
import { TimeZone } from "../cron/time-zone.ts";
import { validateCount, validateJobSpec } from "./job-validation.ts";
import type { Strategy } from "./resource-type.ts";
import { defaultTemplate } from "./workload-strategies.ts";

const policies = ["Allow", "Forbid", "Replace"];
const longestName = 52;

function validateSchedule(schedule: Json): FieldError[] {
  if (!schedule) return [requiredField("spec.schedule")];
  const wrong = (why: string) => [invalidField("spec.schedule", schedule, why)];
  if (schedule.includes("TZ"))
    return wrong("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  try {
    parseSchedule(schedule, new TimeZone("UTC"));
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return wrong(error.message);
  }
}

function validateTimeZone(timeZone: Json): FieldError[] {
  if (timeZone === undefined) return [];
  const wrong = (why: string) => [invalidField("spec.timeZone", timeZone, why)];
  if (timeZone === "") return wrong("timeZone must be nil or non-empty string");
  // Intl knows offsets such as `+01:00` too, which are no names of zones.
  if (!/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/.test(timeZone)) return wrong(`unknown time zone ${timeZone}`);
  if (timeZone.toLowerCase() === "local") {
    return wrong("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
  }
  try {
    new TimeZone(timeZone);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return wrong(`unknown time zone ${timeZone}`);
  }
}

function validateCronJob(cronJob: KubeObject): FieldError[] {
  const { name } = cronJob.metadata;
  const { schedule, timeZone, concurrencyPolicy, jobTemplate } = cronJob.spec;
  const errors: FieldError[] = [];
  if (name.length > longestName)
    errors.push(invalidField("metadata.name", name, `must be no more than ${longestName} characters`));
  errors.push(...validateSchedule(schedule), ...validateTimeZone(timeZone));
  if (!policies.includes(concurrencyPolicy))
    errors.push(unsupportedField("spec.concurrencyPolicy", concurrencyPolicy, policies));
  for (const field of ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
    errors.push(...validateCount(cronJob.spec, "spec", field));
  return [...errors, ...validateJobSpec(jobTemplate?.spec, "spec.jobTemplate.spec")];
}

/** CronJobs: the schedule, its time zone and the template of the Jobs are checked at the door. */
export const cronJobStrategy: Strategy = {
  generation: true,
  defaults(cronJob) {
    const spec = cronJob.spec ?? {};
    cronJob.spec = spec;
    spec.concurrencyPolicy ??= "Allow";
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    defaultTemplate(spec.jobTemplate?.spec?.template);
  },
  prepareCreate(cronJob) {
    cronJob.status = {};
  },
  validate: validateCronJob,
};
