import type { Json } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField } from "../api/status-error.ts";
import { validatePodSpec } from "./pod-validation.ts";

const counts = [
  "parallelism",
  "completions",
  "backoffLimit",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
  "activeDeadlineSeconds",
  "ttlSecondsAfterFinished",
] as const;

/** A field that must not be negative. */
export function validateCount(spec: Json, field: string, name: string): FieldError[] {
  return spec?.[name] < 0
    ? [invalidField(`${field}.${name}`, spec[name], "must be greater than or equal to 0")]
    : [];
}

function validateIndexed(spec: Json, field: string): FieldError[] {
  if (spec.completionMode === "Indexed") {
    return spec.completions === undefined
      ? [requiredField(`${field}.completions`, "when completion mode is Indexed")]
      : [];
  }
  const errors: FieldError[] = [];
  for (const name of ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"]) {
    if (spec[name] === undefined) continue;
    const detail = name === "successPolicy" ? "requires indexed completion mode" : "requires indexed job";
    errors.push(invalidField(`${field}.${name}`, spec[name], detail));
  }
  return errors;
}

function validateFailurePolicy(spec: Json, field: string): FieldError[] {
  if (!spec.podFailurePolicy) return [];
  const errors: FieldError[] = [];
  if (spec.template?.spec?.restartPolicy !== "Never") {
    const at = `${field}.template.spec.restartPolicy`;
    const detail = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalidField(at, spec.template?.spec?.restartPolicy, detail));
  }
  for (const [index, rule] of (spec.podFailurePolicy.rules ?? []).entries()) {
    const at = `${field}.podFailurePolicy.rules[${index}]`;
    const given = [rule.onExitCodes, rule.onPodConditions?.length].filter(Boolean).length;
    if (given !== 1) {
      const detail = "specifying one of OnExitCodes and OnPodConditions is required";
      errors.push(invalidField(at, rule, detail));
    }
    if (rule.action === "FailIndex" && spec.backoffLimitPerIndex === undefined) {
      const detail = 'requires the backoffLimitPerIndex to be set, if "FailIndex" is used';
      errors.push(invalidField(`${at}.action`, rule.action, detail));
    }
  }
  return errors;
}

/** What is wrong with the spec of a Job, or of a CronJob's template at `field`. */
export function validateJobSpec(spec: Json, field: string): FieldError[] {
  const errors = counts.flatMap((name) => validateCount(spec, field, name));
  const template = spec?.template?.spec;
  if (!template) return [...errors, requiredField(`${field}.template`)];
  errors.push(...validatePodSpec(template, `${field}.template.spec`));
  if (!["OnFailure", "Never"].includes(template.restartPolicy)) {
    errors.push({
      field: `${field}.template.spec.restartPolicy`,
      reason: "FieldValueRequired",
      message: 'Required value: valid values: "OnFailure", "Never"',
    });
  }
  return [...errors, ...validateIndexed(spec, field), ...validateFailurePolicy(spec, field)];
}
