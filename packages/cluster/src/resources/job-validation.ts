import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField } from "../api/status-error.ts";
import { validateFailurePolicy, validateSuccessPolicy } from "./job-policy-validation.ts";
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

const mostParallel = 100_000;

function validateIndexed(spec: Json, field: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (completions === undefined)
    errors.push(requiredField(`${field}.completions`, "when completion mode is Indexed"));
  if (parallelism > mostParallel) {
    const detail = `must be less than or equal to ${mostParallel} when completion mode is Indexed`;
    errors.push(invalidField(`${field}.parallelism`, parallelism, detail));
  }
  if (completions !== undefined && maxFailedIndexes > completions) {
    const detail = "must be less than or equal to completions";
    errors.push(invalidField(`${field}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  return [...errors, ...validateSuccessPolicy(spec, field)];
}

/** Fields that only Indexed Jobs may have. */
function validateNonIndexed(spec: Json, field: string): FieldError[] {
  return ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"]
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalidField(`${field}.${name}`, spec[name], "requires indexed completion mode"));
}

function validateRestartPolicy(spec: Json, field: string): FieldError[] {
  const { restartPolicy } = spec.template.spec;
  const at = `${field}.template.spec.restartPolicy`;
  if (!["OnFailure", "Never"].includes(restartPolicy))
    return [requiredField(at, 'valid values: "OnFailure", "Never"')];
  if (!spec.podFailurePolicy || restartPolicy === "Never") return [];
  const detail = 'only "Never" is supported when podFailurePolicy is specified';
  return [invalidField(at, restartPolicy, detail)];
}

/** What is wrong with the spec of a Job, or of a CronJob's template at `field`. */
export function validateJobSpec(spec: Json, field: string): FieldError[] {
  const errors = counts.flatMap((name) => validateCount(spec, field, name));
  if (spec?.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(requiredField(`${field}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"));
  const template = spec?.template?.spec;
  if (!template) return [...errors, requiredField(`${field}.template`)];
  const byMode = spec.completionMode === "Indexed" ? validateIndexed : validateNonIndexed;
  return [
    ...errors,
    ...byMode(spec, field),
    ...validateFailurePolicy(spec, field),
    ...validatePodSpec(template, `${field}.template.spec`),
    ...validateRestartPolicy(spec, field),
  ];
}

/** The template of a Job that waits may still change in what decides where its pods run and what they get. */
function comparableTemplate(template: Json, isMutable: boolean): Json {
  if (!isMutable) return template;
  const { labels: _labels, annotations: _annotations, ...metadata } = template.metadata ?? {};
  const {
    nodeSelector: _selector,
    tolerations: _tolerations,
    schedulingGates: _gates,
    ...spec
  } = template.spec;
  const { nodeAffinity: _nodes, ...affinity } = spec.affinity ?? {};
  const withoutResources = (containers: Json) =>
    containers?.map(({ resources: _resources, ...container }: Json) => container);
  return {
    metadata,
    spec: {
      ...spec,
      affinity,
      containers: withoutResources(spec.containers),
      initContainers: withoutResources(spec.initContainers),
    },
  };
}

/** True while a Job is suspended and none of its pods runs. */
function isHeld(job: KubeObject): boolean {
  const { startTime, conditions, active } = job.status ?? {};
  const suspended = conditions?.some(({ type, status }: Json) => type === "Suspended" && status === "True");
  return Boolean(job.spec.suspend) && (startTime === undefined || Boolean(suspended)) && !active;
}

/** What is wrong with a change of a Job. */
export function validateJobUpdate(job: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const fixed = (field: string) => {
    if (!jsonEqual(job.spec[field], old.spec[field]))
      errors.push(invalidField(`spec.${field}`, job.spec[field] ?? null, "field is immutable"));
  };
  const { completions, parallelism, completionMode } = job.spec;
  if (completionMode !== "Indexed") fixed("completions");
  else if (completions !== undefined && completions !== old.spec.completions && completions !== parallelism) {
    const detail = "can only be modified in tandem with spec.parallelism";
    errors.push(invalidField("spec.completions", completions, detail));
  }
  fixed("selector");
  const held = isHeld(old);
  const [after, before] = [job, old].map(({ spec }) => comparableTemplate(spec.template, held));
  if (!jsonEqual(after, before))
    errors.push(invalidField(held ? "spec.template.spec" : "spec.template", {}, "field is immutable"));
  for (const field of [
    "completionMode",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "managedBy",
    "successPolicy",
  ])
    fixed(field);
  return errors;
}
