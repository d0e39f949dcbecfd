import type { Json } from "../api/objects.ts";
import { validateLimitRange } from "./limit-range-validation.ts";
import type { Strategy } from "./resource-type.ts";

/** What is not said for containers follows from the rest: limits from the maximum, requests from limits or the minimum. */
function defaultLimits(item: Json): void {
  if (item.type !== "Container") return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

/** LimitRanges. */
export const limitRangeStrategy: Strategy = {
  defaults(range) {
    for (const item of range.spec?.limits ?? []) defaultLimits(item);
  },
  validatesEnums: true,
  validate: validateLimitRange,
};
