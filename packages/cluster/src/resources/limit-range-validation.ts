import type { Json, KubeObject } from "../api/objects.ts";
import {
  duplicateField,
  type FieldError,
  forbiddenField,
  invalidField,
  requiredField,
} from "../api/status-error.ts";
import { validateKey } from "./metadata-validation.ts";
import { parseQuantity } from "./quantity.ts";

const types = new Set(["Pod", "Container", "PersistentVolumeClaim"]);
const ofContainers = new Set(["cpu", "memory", "ephemeral-storage"]);
const others = new Set(["storage", "pods", "services", "secrets", "configmaps", "persistentvolumeclaims"]);
const one = 10n ** 9n;

function isOfContainers(name: string): boolean {
  return ofContainers.has(name) || name.startsWith("hugepages-");
}

function validateName(field: string, name: string, type: string): FieldError[] {
  const errors = validateKey(field, name);
  if (errors.length > 0) return errors;
  if (name.includes("/") || isOfContainers(name)) return [];
  const isKnown = others.has(name) || /^(requests|limits)\./.test(name);
  const ofPods = type === "Pod" || type === "Container";
  const unknown = invalidField(field, name, "must be a standard resource type or fully qualified");
  return [
    ...(isKnown ? [] : [unknown]),
    ...(ofPods ? [invalidField(field, name, "must be a standard resource for containers")] : []),
  ];
}

function validateType(field: string, type: string): FieldError[] {
  const errors = validateKey(field, type);
  if (errors.length > 0) return errors;
  if (type.includes("/") || types.has(type)) return [];
  return [invalidField(field, type, "must be a standard limit type or fully qualified")];
}

type List = "min" | "max" | "default" | "defaultRequest";

/** Two amounts of one resource of which the first may not be greater, and how the API server says so. */
interface Order {
  readonly smaller: List;
  readonly larger: List;
  /** The field that is wrong, and whose value is shown. */
  readonly at: List;
  readonly shown: List;
  readonly names: readonly [smaller: string, larger: string];
}

const orders: readonly Order[] = [
  { smaller: "min", larger: "max", at: "min", shown: "min", names: ["min", "max"] },
  {
    smaller: "min",
    larger: "defaultRequest",
    at: "defaultRequest",
    shown: "defaultRequest",
    names: ["min", "default request"],
  },
  {
    smaller: "defaultRequest",
    larger: "max",
    at: "defaultRequest",
    shown: "defaultRequest",
    names: ["default request", "max"],
  },
  {
    smaller: "defaultRequest",
    larger: "default",
    at: "defaultRequest",
    shown: "defaultRequest",
    names: ["default request", "default limit"],
  },
  { smaller: "min", larger: "default", at: "default", shown: "min", names: ["min", "default"] },
  { smaller: "default", larger: "max", at: "default", shown: "max", names: ["default", "max"] },
];

function amount(quantity: Json): bigint {
  return parseQuantity(quantity) ?? 0n;
}

function validateOrder(field: string, name: string, item: Json): FieldError[] {
  return orders.flatMap(({ smaller, larger, at, shown, names }) => {
    const [low, high] = [item[smaller]?.[name], item[larger]?.[name]];
    if (low === undefined || high === undefined || amount(low) <= amount(high)) return [];
    const why = `${names[0]} value ${low} is greater than ${names[1]} value ${high}`;
    return [invalidField(`${field}.${at}[${name}]`, item[shown][name], why)];
  });
}

function validateRatio(field: string, name: string, { min, max, maxLimitRequestRatio }: Json): FieldError[] {
  const ratio = maxLimitRequestRatio?.[name];
  if (ratio === undefined) return [];
  const at = `${field}.maxLimitRequestRatio[${name}]`;
  const errors: FieldError[] = [];
  if (amount(ratio) < one) errors.push(invalidField(at, ratio, `ratio ${ratio} is less than 1`));
  if (min?.[name] === undefined || max?.[name] === undefined) return errors;
  const most = Number(amount(max[name])) / Number(amount(min[name]));
  if (Number(amount(ratio)) / 1e9 > most)
    errors.push(invalidField(at, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}

/** What may not be promised beyond what there is: requests and limits are one. */
function validateExact(field: string, name: string, item: Json): FieldError[] {
  const isNative = !name.includes("/") || name.includes("kubernetes.io/");
  if (isNative && !name.startsWith("hugepages-")) return [];
  const [limit, request] = [item.default?.[name], item.defaultRequest?.[name]];
  if (limit === undefined || request === undefined || amount(limit) === amount(request)) return [];
  const why = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
  return [invalidField(`${field}.defaultRequest[${name}]`, request, why)];
}

function validateItem(field: string, item: Json): FieldError[] {
  const { type = "", min, max, maxLimitRequestRatio } = item;
  const ofPod = type === "Pod";
  const lists = ofPod ? ["max", "min"] : ["max", "min", "default", "defaultRequest"];
  const namesIn = (list: string) => Object.keys(item[list] ?? {});
  const wrongNames = (list: string) =>
    namesIn(list).flatMap((name) => validateName(`${field}.${list}[${name}]`, name, type));
  const unfit = ["default", "defaultRequest"].filter((list) => ofPod && namesIn(list).length > 0);
  const names = new Set([...lists.flatMap(namesIn), ...Object.keys(maxLimitRequestRatio ?? {})]);
  const isUnlimited = type === "PersistentVolumeClaim" && !min?.storage && !max?.storage;
  const wanted = "either minimum or maximum storage value is required, but neither was provided";
  return [
    ...lists.flatMap(wrongNames),
    ...unfit.map((list) => forbiddenField(`${field}.${list}`, "may not be specified when `type` is 'Pod'")),
    ...(isUnlimited ? [requiredField(`${field}.limits`, wanted)] : []),
    ...wrongNames("maxLimitRequestRatio"),
    ...[...names].flatMap((name) => [
      ...validateOrder(field, name, item),
      ...validateRatio(field, name, item),
      ...validateExact(field, name, item),
    ]),
  ];
}

/** What is wrong with a LimitRange. */
export function validateLimitRange(range: KubeObject): FieldError[] {
  const items: Json[] = range.spec?.limits ?? [];
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const field = `spec.limits[${index}]`;
    const type = item.type ?? "";
    const repeated = seen.has(type) ? [duplicateField(`${field}.type`, type)] : [];
    seen.add(type);
    return [...validateType(`${field}.type`, type), ...repeated, ...validateItem(field, item)];
  });
}
