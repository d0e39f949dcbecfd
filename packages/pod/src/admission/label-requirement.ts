import type { LabelRequirement, LabelSelector } from "./scheduling-fields.ts";

type Labels = Readonly<Record<string, string>>;

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const integer = /^[+-]?\d+$/;
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * Whether labels meet a requirement (apimachinery pkg/labels/selector.go): `In`, `NotIn`, `Exists`, `DoesNotExist`,
 * `Gt`, `Lt`. Undefined where the requirement itself is wrong (unknown operator, missing or needless values, a key or a
 * value that can be no label's, no integer for `Gt` and `Lt`), for callers take that in different ways.
 */
export function meetsRequirement(labels: Labels, requirement: LabelRequirement): boolean | undefined {
  if (!isLegal(requirement)) return undefined;
  const { key, operator, values = [] } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default: {
      const left = value === undefined ? undefined : parseInt64(value);
      const right = parseInt64(values[0] ?? "");
      if (left === undefined || right === undefined) return false;
      return operator === "Gt" ? left > right : left < right;
    }
  }
}

/**
 * Whether labels match a selector (apimachinery pkg/apis/meta/v1/helpers.go): an absent one matches nothing, an empty
 * one everything, a wrong one nothing. `Gt` and `Lt` are for nodes alone, and wrong here.
 */
export function matchesSelector(labels: Labels, selector: LabelSelector | undefined): boolean {
  if (selector === undefined) return false;
  const matchLabels = Object.entries(selector.matchLabels ?? {});
  const expressions = selector.matchExpressions ?? [];
  return (
    matchLabels.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    expressions.every(({ operator }) => operator !== "Gt" && operator !== "Lt") &&
    expressions.every((requirement) => meetsRequirement(labels, requirement) === true)
  );
}

/** An integer of 64 bits as Go's strconv.ParseInt reads it; undefined for anything else. */
export function parseInt64(text: string): bigint | undefined {
  if (!integer.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return value < int64.min || value > int64.max ? undefined : value;
}

function isLegal({ key, operator, values = [] }: LabelRequirement): boolean {
  if (!isQualifiedName(key)) return false;
  if (!values.every((value) => value.length <= 63 && labelValue.test(value))) return false;
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0;
    case "Exists":
    case "DoesNotExist":
      return values.length === 0;
    case "Gt":
    case "Lt":
      return values.length === 1 && parseInt64(values[0] ?? "") !== undefined;
    default:
      return false;
  }
}

/** A name of at most 63 characters, with or without the DNS name of its owner before a slash. */
export function isQualifiedName(key: string): boolean {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  if (name.length > 63 || !labelName.test(name) || parts.length > 2) return false;
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  return prefix === undefined || (prefix.length <= 253 && dnsSubdomain.test(prefix));
}
