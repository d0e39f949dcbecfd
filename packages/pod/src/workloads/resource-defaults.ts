import type { PodSpec, QuantityText } from "@vkubelet/core";
import { Quantity } from "../quantity/quantity.ts";
import { podLevelRequests } from "../quantity/resources.ts";
import { type Draft, isObject, objectIn, objectMadeIn, objectsIn } from "./json-draft.ts";

/** Limits and requests of one `resources`. */
export function defaultResourceLists(resources: Draft): void {
  roundResourceList(objectIn(resources, "limits"));
  roundResourceList(objectIn(resources, "requests"));
}

/**
 * SetDefaults_ResourceList: amounts finer than a thousandth are rounded up to thousandths. Every other amount keeps
 * the text that it was written in; what is no quantity at all stays, for the validation to name.
 */
export function roundResourceList(list: Draft | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = quantityOf(text);
    const rounded = amount?.roundUpToMilli();
    if (list && amount && rounded && rounded.compare(amount) !== 0) list[name] = rounded.toString();
  }
}

/** SetDefaults_Pod: a container's missing request is its limit (pod-semantics E1). Of pods only, never of templates. */
export function defaultRequests(spec: Draft): void {
  for (const container of [...objectsIn(spec, "containers"), ...objectsIn(spec, "initContainers")]) {
    const resources = objectIn(container, "resources");
    const limits = objectIn(resources, "limits");
    if (!resources || !limits || Object.keys(limits).length === 0) continue;
    const requests = objectMadeIn(resources, "requests");
    if (requests) resources["requests"] = { ...limits, ...requests };
  }
}

/**
 * defaultHugePagePodLimits and defaultPodRequests: what `spec.resources` leaves out comes from the containers, else
 * from the pod's own limit (pod-semantics E3). Left alone where any amount of the pod cannot be read.
 */
export function defaultPodResources(spec: Draft): void {
  const resources = objectIn(spec, "resources");
  if (!resources || !amountsAreReadable(spec)) return;
  defaultHugePageLimits(spec, resources);
  const limits = objectIn(resources, "limits");
  if (!limits || Object.keys(limits).length === 0) return;
  const stated = objectIn(resources, "requests") ?? {};
  const requests: Draft = { ...stated };
  for (const [name, amount] of podLevelRequests(readableSpec(spec))) {
    if (isPodLevelResource(name)) requests[name] ??= amount.toString();
  }
  if (Object.keys(requests).length > 0) resources["requests"] = requests;
}

function defaultHugePageLimits(spec: Draft, resources: Draft): void {
  const limits = objectIn(resources, "limits") ?? {};
  const requests = objectIn(resources, "requests") ?? {};
  if (Object.keys(limits).length === 0 && Object.keys(requests).length === 0) return;
  const filled: Draft = { ...limits };
  for (const [name, amount] of hugePageLimits(spec)) {
    if (requests[name] === undefined) filled[name] ??= amount.toString();
  }
  if (Object.keys(filled).length > 0) resources["limits"] = filled;
}

/** What the containers' limits of huge pages add up to: sidecars count with the main ones, the others one at a time. */
function hugePageLimits(spec: Draft): ReadonlyMap<string, Quantity> {
  const main = objectsIn(spec, "containers").reduce(addHugePages, new Map<string, Quantity>());
  let sidecars = new Map<string, Quantity>();
  let start = new Map<string, Quantity>();
  for (const container of objectsIn(spec, "initContainers")) {
    const use = addHugePages(sidecars, container);
    if (container["restartPolicy"] === "Always") sidecars = use;
    start = combine(start, use, (left, right) => left.max(right));
  }
  return combine(
    combine(main, sidecars, (left, right) => left.add(right)),
    start,
    (left, right) => left.max(right),
  );
}

function addHugePages(total: Map<string, Quantity>, container: Draft): Map<string, Quantity> {
  const own = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(objectIn(objectIn(container, "resources"), "limits") ?? {})) {
    const amount = name.startsWith("hugepages-") ? quantityOf(text) : undefined;
    if (amount) own.set(name, amount);
  }
  return combine(total, own, (left, right) => left.add(right));
}

function combine(
  left: ReadonlyMap<string, Quantity>,
  right: ReadonlyMap<string, Quantity>,
  merge: (left: Quantity, right: Quantity) => Quantity,
): Map<string, Quantity> {
  const merged = new Map(left);
  for (const [name, amount] of right) {
    const present = merged.get(name);
    merged.set(name, present ? merge(present, amount) : amount);
  }
  return merged;
}

/** The parts of a pod that its resources are computed from; what is no container is left out. */
function readableSpec(spec: Draft): PodSpec {
  const parts: Draft = {
    resources: spec["resources"],
    containers: objectsIn(spec, "containers"),
    initContainers: objectsIn(spec, "initContainers"),
  };
  return parts as unknown as PodSpec;
}

/** The resources that `spec.resources` may name. */
function isPodLevelResource(name: string): boolean {
  return name === "cpu" || name === "memory" || name.startsWith("hugepages-");
}

function amountsAreReadable(spec: Draft): boolean {
  const owners = [spec, ...objectsIn(spec, "containers"), ...objectsIn(spec, "initContainers")];
  const lists = owners.flatMap((owner) => {
    const resources = objectIn(owner, "resources");
    return [objectIn(resources, "limits"), objectIn(resources, "requests")].filter(isObject);
  });
  return lists.flatMap((list) => Object.values(list)).every((text) => quantityOf(text) !== undefined);
}

function quantityOf(text: unknown): Quantity | undefined {
  if (typeof text !== "string" && typeof text !== "number") return undefined;
  try {
    return Quantity.parse(text satisfies QuantityText);
  } catch {
    // No quantity: the type check names it; here there is nothing to compute with.
    return undefined;
  }
}
