import type { Json, KubeObject } from "../api/objects.ts";
import { forbidden } from "../api/status-error.ts";
import { podAmounts } from "../controllers/pod-requests.ts";
import { quantitiesOf } from "../quota/quota-state.ts";
import { parseQuantity } from "../resources/quantity.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";

const annotation = "kubernetes.io/limit-ranger";

/** What one container, pod or claim asks for, as quantities by resource. */
interface Asked {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

function rangesOf(object: KubeObject, { store, types }: StrategyContext): readonly KubeObject[] {
  return store.list(types.require("", "limitranges"), object.metadata.namespace);
}

function itemsOf(range: KubeObject, type: string): Json[] {
  return (range.spec?.limits ?? []).filter((item: Json) => item.type === type);
}

/** Fills what is missing in from defaults, and says what that was. */
function filled(resources: Json, list: "requests" | "limits", defaults: Json): string[] {
  const missing = Object.keys(defaults ?? {}).filter((name) => resources[list]?.[name] === undefined);
  if (missing.length === 0) return [];
  resources[list] = { ...resources[list] };
  for (const name of missing) resources[list][name] = defaults[name];
  return missing.sort();
}

function fillContainer(container: Json, what: string, items: readonly Json[]): string[] {
  const requests = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest));
  const limits = Object.assign({}, ...items.map((item) => item.default));
  container.resources ??= {};
  const setLimits = filled(container.resources, "limits", limits);
  const setRequests = filled(container.resources, "requests", requests);
  const text = (names: readonly string[], list: string) =>
    names.length > 0 ? [`${names.join(", ")} ${list} for ${what} ${container.name}`] : [];
  return [...text(setRequests, "request"), ...text(setLimits, "limit")];
}

/** Plugin LimitRanger, first part: containers get the requests and limits that their namespace gives by default. */
export function fillLimits(pod: KubeObject, context: StrategyContext): void {
  for (const range of rangesOf(pod, context)) {
    const items = itemsOf(range, "Container");
    const notes = [
      ...(pod.spec.containers ?? []).flatMap((entry: Json) => fillContainer(entry, "container", items)),
      ...(pod.spec.initContainers ?? []).flatMap((entry: Json) =>
        fillContainer(entry, "init container", items),
      ),
    ];
    if (notes.length === 0) continue;
    const text = `LimitRanger plugin set: ${notes.join("; ")}`;
    pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: text };
  }
}

function amount(quantity: string | undefined): bigint {
  return quantity === undefined ? 0n : (parseQuantity(quantity) ?? 0n);
}

function belowMinimum(type: string, name: string, least: string, { requests, limits }: Asked): string[] {
  const start = `minimum ${name} usage per ${type} is ${least}`;
  const [request, limit] = [requests[name], limits[name]];
  if (request === undefined) return [`${start}.  No request is specified`];
  if (amount(request) < amount(least)) return [`${start}, but request is ${request}`];
  return limit !== undefined && amount(limit) < amount(least) ? [`${start}, but limit is ${limit}`] : [];
}

function aboveMaximum(type: string, name: string, most: string, { requests, limits }: Asked): string[] {
  const start = `maximum ${name} usage per ${type} is ${most}`;
  const [request, limit] = [requests[name], limits[name]];
  if (limit === undefined) return [`${start}.  No limit is specified`];
  if (amount(limit) > amount(most)) return [`${start}, but limit is ${limit}`];
  return amount(request) > amount(most) ? [`${start}, but request is ${request}`] : [];
}

function beyondRatio(type: string, name: string, ratio: string, { requests, limits }: Asked): string[] {
  const start = `${name} max limit to request ratio per ${type} is ${ratio}`;
  const [request, limit] = [amount(requests[name]), amount(limits[name])];
  if (request === 0n) return [`${start}, but no request is specified or request is 0`];
  if (limit === 0n) return [`${start}, but no limit is specified or limit is 0`];
  const given = Number(limit) / Number(request);
  const most = Number(amount(ratio)) / 1e9;
  return given > most ? [`${start}, but provided ratio is ${given.toFixed(6)}`] : [];
}

type Check = (type: string, name: string, enforced: string, asked: Asked) => string[];

function checkEach(check: Check, type: string, enforced: Json, asked: Asked): string[] {
  return Object.entries<string>(enforced ?? {}).flatMap(([name, value]) => check(type, name, value, asked));
}

function problemsOf({ type, min, max, maxLimitRequestRatio }: Json, asked: Asked): string[] {
  return [
    ...checkEach(belowMinimum, type, min, asked),
    ...checkEach(aboveMaximum, type, max, asked),
    ...checkEach(beyondRatio, type, maxLimitRequestRatio, asked),
  ];
}

function podProblems(range: KubeObject, { spec }: KubeObject): string[] {
  const containers: Json[] = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const each = containers.map(({ resources }): Asked => {
    return { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} };
  });
  const { overhead: _overhead, ...bare } = spec;
  const whole: Asked = {
    requests: quantitiesOf(podAmounts(bare, "requests")),
    limits: quantitiesOf(podAmounts(bare, "limits")),
  };
  return [
    ...itemsOf(range, "Container").flatMap((item) => each.flatMap((asked) => problemsOf(item, asked))),
    ...itemsOf(range, "Pod").flatMap((item) => problemsOf(item, whole)),
  ];
}

/** Of claims only the requests count, for the maximum too. */
function claimProblems(range: KubeObject, { spec }: KubeObject): string[] {
  const asked: Asked = { requests: spec?.resources?.requests ?? {}, limits: {} };
  return itemsOf(range, "PersistentVolumeClaim").flatMap(({ type, min, max }) => [
    ...checkEach(belowMinimum, type, min, asked),
    ...checkEach(aboveRequest, type, max, asked),
  ]);
}

function aboveRequest(type: string, name: string, most: string, { requests }: Asked): string[] {
  const start = `maximum ${name} usage per ${type} is ${most}`;
  const request = requests[name];
  if (request === undefined) return [`${start}.  No request is specified`];
  return amount(request) > amount(most) ? [`${start}, but request is ${request}`] : [];
}

/** A write that LimitRanges may have something against. */
export interface LimitedWrite {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** What is there before an update. */
  readonly old?: KubeObject;
  readonly subresource?: string | undefined;
}

function isConcerned({ type, old, subresource }: LimitedWrite): boolean {
  if (type.group !== "" || old?.metadata.deletionTimestamp) return false;
  if (type.plural === "pods") return old === undefined || subresource === "resize";
  return type.plural === "persistentvolumeclaims" && subresource === undefined;
}

/** Plugin LimitRanger, second part: what is asked for is within the limits of the namespace. @throws StatusError 403 */
export function checkLimits(write: LimitedWrite, context: StrategyContext): void {
  if (!isConcerned(write)) return;
  const { type, object } = write;
  for (const range of rangesOf(object, context)) {
    const found = type.plural === "pods" ? podProblems(range, object) : claimProblems(range, object);
    const problems = [...new Set(found)];
    if (problems.length === 0) continue;
    throw forbidden(
      type,
      object.metadata.name,
      problems.length === 1 ? (problems[0] ?? "") : `[${problems.join(", ")}]`,
    );
  }
}
