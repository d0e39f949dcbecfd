import type { Json } from "../api/objects.ts";
import { type FieldError, forbiddenField, invalidField, requiredField } from "../api/status-error.ts";
import { validateKey, validateLabels } from "./metadata-validation.ts";

function validateRequirement(field: string, { key, operator, values }: Json): FieldError[] {
  const errors: FieldError[] = [];
  const count = values?.length ?? 0;
  const places = { key: `${field}.key`, operator: `${field}.operator`, values: `${field}.values` };
  if (operator === "In" || operator === "NotIn") {
    if (count === 0)
      errors.push(requiredField(places.values, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (count > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(forbiddenField(places.values, why));
    }
  } else {
    errors.push(invalidField(places.operator, operator ?? "", "not a valid selector operator"));
  }
  return [...errors, ...validateKey(places.key, key ?? "")];
}

/** What is wrong with a selector (`matchLabels`, `matchExpressions`). */
export function validateLabelSelector(field: string, selector: Json): FieldError[] {
  const expressions: Json[] = selector?.matchExpressions ?? [];
  return [
    ...validateLabels(`${field}.matchLabels`, selector?.matchLabels),
    ...expressions.flatMap((entry, index) =>
      validateRequirement(`${field}.matchExpressions[${index}]`, entry),
    ),
  ];
}
