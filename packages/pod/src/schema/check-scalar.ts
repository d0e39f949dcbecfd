import { isProviderError } from "@vkubelet/core";
import { nearestName } from "../audit/nearest-name.ts";
import { Quantity } from "../quantity/quantity.ts";
import type { FieldType } from "./api-types.ts";

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };
/** The largest double below 2^63 is the largest that JSON can bring here. */
const int64 = { least: -(2 ** 63), most: 2 ** 63 - 1024 };

const timeForm = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)([.,]\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** What is wrong with `value` for a field without parts; undefined where the API server takes it. */
export function scalarProblem(value: unknown, type: FieldType): string | undefined {
  switch (type.kind) {
    case "string":
      return typeof value === "string" ? undefined : wrongKind("a string", value);
    case "boolean":
      return typeof value === "boolean" ? undefined : wrongKind("true or false", value);
    case "int32":
      return integerProblem(value, int32);
    case "int64":
      return integerProblem(value, int64);
    case "quantity":
      return quantityProblem(value);
    case "intOrString":
      if (typeof value === "string") return undefined;
      return typeof value === "number"
        ? integerProblem(value, int32)
        : wrongKind("an integer or a string", value);
    case "enum":
      return enumProblem(value, type.values);
    case "time":
      return typeof value !== "string" ? wrongKind("a time", value) : timeProblem(value);
    case "base64":
      return typeof value !== "string" ? wrongKind("base64 text", value) : base64Problem(value);
    default:
      return undefined;
  }
}

/** `must be X, not Y`, with the way out where the value was merely quoted or not quoted. Never shows the value. */
export function wrongKind(wanted: string, value: unknown): string {
  const message = `must be ${wanted}, not ${kindOf(value)}`;
  const quoted = typeof value === "string";
  if (wanted === "a string" && (typeof value === "number" || typeof value === "boolean")) {
    return `${message}; put it in quotes`;
  }
  if (wanted === "an integer" && quoted && /^[+-]?\d{1,19}$/.test(value))
    return `${message}; leave out the quotes`;
  if (wanted === "true or false" && quoted && /^(true|false)$/i.test(value)) {
    return `${message}; leave out the quotes`;
  }
  return message;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  const kind = typeof value;
  return kind === "object" ? "an object" : `a ${kind}`;
}

function integerProblem(value: unknown, range: typeof int32): string | undefined {
  if (typeof value !== "number") return wrongKind("an integer", value);
  if (!Number.isInteger(value)) return "must be an integer, without a fraction";
  if (value >= range.least && value <= range.most) return undefined;
  return `is out of range: a ${range === int32 ? "32" : "64"} bit integer is wanted`;
}

function quantityProblem(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return wrongKind("a quantity", value);
  if (isQuantity(value)) return undefined;
  const meant = [
    String(value).slice(0, 64).replace(/\s+/g, ""),
    String(value).slice(0, 64).replace(/\s*B$/i, ""),
  ]
    .map((text) => text.replace(/ib?$/i, "i"))
    .find(isQuantity);
  const hint =
    meant === undefined ? "write a number with a unit such as 500m, 128Mi or 1Gi" : `did you mean ${meant}?`;
  return `is no quantity; ${hint}`;
}

function isQuantity(text: string | number): boolean {
  try {
    Quantity.parse(text);
    return true;
  } catch (error) {
    if (isProviderError(error)) return false;
    throw error;
  }
}

function enumProblem(value: unknown, values: readonly string[]): string | undefined {
  if (typeof value !== "string") return wrongKind("a string", value);
  // Empty is unset to the API server, which is an issue only where the field is required.
  if (value === "" || values.includes(value)) return undefined;
  const nearest = nearestName(value.slice(0, 64), values);
  if (nearest !== undefined) return `is not known; did you mean ${nearest}?`;
  const named = values.filter((name) => name !== "");
  const more = named.length > 8 ? `, or ${named.length - 8} others` : "";
  return `is not known; must be one of ${named.slice(0, 8).join(", ")}${more}`;
}

function timeProblem(text: string): string | undefined {
  const match = text.length <= 64 ? timeForm.exec(text) : null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map(Number);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const valid =
    month >= 1 && month <= 12 && day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59;
  return match !== null && valid
    ? undefined
    : "is no time; write it as RFC 3339, such as 2026-01-02T03:04:05Z";
}

/** As the API server reads it: padded, line breaks left out. */
function base64Problem(text: string): string | undefined {
  const joined = text.replace(/[\r\n]/g, "");
  const valid = joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
  return valid ? undefined : "is no base64";
}
