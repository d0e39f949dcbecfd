import type { Json } from "../api/objects.ts";
import {
  duplicateField,
  type FieldError,
  invalidField,
  invalidTogether,
  requiredField,
  tooManyItems,
  unsupportedField,
} from "../api/status-error.ts";

const longestRules = 20;
const mostPatterns = 20;
const mostExitCodes = 255;

function required(field: string, supported: readonly string[]): FieldError {
  const texts = [...supported].sort().map((value) => JSON.stringify(value));
  return requiredField(field, `valid values: [${texts.join(" ")}]`);
}

/** An enumeration that has no default. The decoder has refused values outside of it. */
function oneOf(field: string, value: Json, supported: readonly string[]): FieldError[] {
  return value ? [] : [required(field, supported)];
}

function validateExitCodes(requirement: Json, field: string, containers: ReadonlySet<string>): FieldError[] {
  const { operator, containerName, values = [] } = requirement;
  const errors = oneOf(`${field}.operator`, operator, ["In", "NotIn"]);
  if (containerName !== undefined && !containers.has(containerName)) {
    const detail = "must be one of the container or initContainer names in the pod template";
    errors.push(invalidField(`${field}.containerName`, containerName, detail));
  }
  const at = `${field}.values`;
  if (values.length === 0) errors.push(invalidField(at, values, "at least one value is required"));
  else if (values.length > mostExitCodes) errors.push(tooManyItems(at, values.length, mostExitCodes));
  for (const [index, value] of values.entries()) {
    if (operator === "In" && value === 0)
      errors.push(invalidField(`${at}[${index}]`, value, "must not be 0 for the In operator"));
    if (values.indexOf(value) < index) errors.push(duplicateField(`${at}[${index}]`, value));
  }
  const ordered = values.every((value: number, index: number) => index === 0 || values[index - 1] <= value);
  if (!ordered) errors.push(invalidField(at, values, "must be ordered"));
  return errors;
}

function validateConditions(patterns: readonly Json[], field: string): FieldError[] {
  const errors = patterns.flatMap(({ status }, index) =>
    oneOf(`${field}[${index}].status`, status, ["False", "True", "Unknown"]),
  );
  return patterns.length > mostPatterns
    ? [tooManyItems(field, patterns.length, mostPatterns), ...errors]
    : errors;
}

function validateFailureRule(
  rule: Json,
  spec: Json,
  field: string,
  containers: ReadonlySet<string>,
): FieldError[] {
  const errors = oneOf(`${field}.action`, rule.action, ["Count", "FailIndex", "FailJob", "Ignore"]);
  if (rule.action === "FailIndex" && spec.backoffLimitPerIndex === undefined) {
    const detail = "requires the backoffLimitPerIndex to be set";
    errors.push(invalidField(`${field}.action`, rule.action, detail));
  }
  const patterns: Json[] = rule.onPodConditions ?? [];
  if (rule.onExitCodes)
    errors.push(...validateExitCodes(rule.onExitCodes, `${field}.onExitCodes`, containers));
  errors.push(...validateConditions(patterns, `${field}.onPodConditions`));
  if (rule.onExitCodes && patterns.length > 0) {
    const detail = "specifying both OnExitCodes and OnPodConditions is not supported";
    errors.push(invalidTogether(field, detail));
  }
  if (!rule.onExitCodes && patterns.length === 0)
    errors.push(invalidTogether(field, "specifying one of OnExitCodes and OnPodConditions is required"));
  return errors;
}

/** What is wrong with a Job's pod failure policy, and with its replacement policy beside it. */
export function validateFailurePolicy(spec: Json, field: string): FieldError[] {
  const policy = spec.podFailurePolicy;
  if (!policy) return [];
  const template = spec.template?.spec ?? {};
  const names = [...(template.containers ?? []), ...(template.initContainers ?? [])].map(
    ({ name }: Json) => name,
  );
  const at = `${field}.podFailurePolicy.rules`;
  const rules: Json[] = policy.rules ?? [];
  const errors = rules.flatMap((rule, index) =>
    validateFailureRule(rule, spec, `${at}[${index}]`, new Set(names)),
  );
  if (rules.length > longestRules) errors.unshift(tooManyItems(at, rules.length, longestRules));
  if (spec.podReplacementPolicy !== undefined && spec.podReplacementPolicy !== "Failed")
    errors.push(unsupportedField(`${field}.podReplacementPolicy`, spec.podReplacementPolicy, ["Failed"]));
  return errors;
}

/** What is wrong with one interval `1` or `1-3`; else its ends. */
function parseInterval(text: string, completions: number): string | readonly [number, number] {
  const limits = text.split("-");
  if (limits.length > 2) {
    const rule =
      "violates the requirement that an index interval can have at most two parts separated by '-'";
    return `the fragment ${JSON.stringify(text)} ${rule}`;
  }
  for (const limit of limits) {
    if (!/^\d+$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`;
    if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`;
  }
  const [first = 0, last = first] = limits.map(Number);
  if (limits.length === 2 && first >= last)
    return `non-increasing order, previous: ${first}, current: ${last}`;
  return [first, last];
}

/** What is wrong with a list of indexes such as `0,2-4`; else how many there are. */
function countIndexes(text: string, completions: number): string | number {
  let total = 0;
  let before: number | undefined;
  for (const part of text === "" ? [] : text.split(",")) {
    const interval = parseInterval(part, completions);
    if (typeof interval === "string") return interval;
    const [first, last] = interval;
    if (before !== undefined && before >= first)
      return `non-increasing order, previous: ${before}, current: ${first}`;
    total += last - first + 1;
    before = last;
  }
  return total;
}

function validateSuccessRule(rule: Json, completions: number, field: string): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  if (count === undefined && indexes === undefined)
    return [requiredField(field, "at least one of succeededCount or succeededIndexes must be specified")];
  const errors: FieldError[] = [];
  const total = indexes === undefined ? 0 : countIndexes(indexes, completions);
  if (typeof total === "string")
    errors.push(
      invalidField(`${field}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${total}`),
    );
  if (count === undefined) return errors;
  const at = `${field}.succeededCount`;
  if (count < 0) errors.push(invalidField(at, count, "must be greater than or equal to 0"));
  const limit = (most: number, of: string) => {
    if (count > most) errors.push(invalidField(at, count, `must be less than or equal to ${most} (${of})`));
  };
  limit(completions, "the number of specified completions");
  if (indexes !== undefined)
    limit(
      typeof total === "number" ? total : 0,
      "the number of indexes in the specified succeededIndexes field",
    );
  return errors;
}

/** What is wrong with the success policy of an Indexed Job. */
export function validateSuccessPolicy(spec: Json, field: string): FieldError[] {
  if (!spec.successPolicy) return [];
  const at = `${field}.successPolicy.rules`;
  const rules: Json[] = spec.successPolicy.rules ?? [];
  const errors = rules.flatMap((rule, index) =>
    validateSuccessRule(rule, spec.completions ?? 0, `${at}[${index}]`),
  );
  if (rules.length > longestRules) errors.unshift(tooManyItems(at, rules.length, longestRules));
  if (rules.length === 0) {
    const detail = "at least one rules must be specified when the successPolicy is specified";
    errors.push(requiredField(at, detail));
  }
  return errors;
}
