import {
  type Container,
  type PodSpec,
  ProviderError,
  type ResolvedResources,
  type ResourceList,
  type ResourceRequirements,
} from "@vkubelet/core";
import { Quantity } from "./quantity.ts";

type Amounts = ReadonlyMap<string, Quantity>;
const noAmounts: Amounts = new Map();
type ListReader = (list: ResourceList | undefined, path: string) => Amounts;

/** The kinds of resources that a pod-level `spec.resources` may name (E3). */
const podLevelResource = /^(cpu|memory|hugepages-.+)$/;

/**
 * What a pod asks for as a whole, by the scheduler's formula (pod-semantics section 2): containers together with
 * sidecars, or the most demanding step of the start if that is more; pod-level resources and overhead included.
 * An aggregated limit is a cap for the pod only if every container has one. Throws `InvalidInput` naming the path of
 * a quantity that cannot be read.
 */
export function effectiveResources(spec: PodSpec): { requests: Amounts; limits: Amounts } {
  const limits = withPodLevel(aggregate(spec, "limits"), podLevelLimits(spec));
  const requests = withPodLevel(aggregate(spec, "requests"), podLevelRequests(spec));
  const overhead = parseResourceList(spec.overhead, "spec.overhead");
  return {
    requests: sum(requests, overhead),
    limits: sum(limits, new Map([...overhead].filter(([name]) => limits.get(name)?.isPositive()))),
  };
}

/** The requests and limits of one container after API defaulting (E1), as canonical text rounded up to milli (Q4). */
export function containerResources(container: Container): ResolvedResources {
  const limits = parseResourceList(container.resources?.limits, "resources.limits");
  const requests = parseResourceList(container.resources?.requests, "resources.requests");
  return { requests: texts(new Map([...limits, ...requests])), limits: texts(limits) };
}

/** Millicores of the list's cpu entry, rounded up; 0 where there is none. */
export function milliCpu(list: ResourceList | undefined): bigint {
  return amountOf(list, "cpu").ceilToMilli();
}

/** Bytes (or whole units) of the list's entry of that name, rounded up; 0 where there is none. */
export function bytesOf(list: ResourceList | undefined, name: string): bigint {
  return amountOf(list, name).ceilToInteger();
}

/** Mebibytes that hold so many bytes: up, never down (E8). */
export function ceilMiB(bytes: bigint): bigint {
  return Quantity.ofInteger(bytes).scaleCeil(1_048_576n);
}

/**
 * `spec.resources.requests` after API defaulting: what is missing comes from the containers, else from the limit. The
 * API adds the containers up before it rounds (E1).
 */
export function podLevelRequests(spec: PodSpec): Amounts {
  const stated = parseResourceList(spec.resources?.requests, "spec.resources.requests");
  const limits = podLevelLimits(spec);
  if (limits.size === 0) return stated;
  // Huge pages cannot be overcommitted: their request is the pod's limit, not what the containers add up to.
  const containers = [...aggregate(spec, "requests", readResourceList)]
    .filter(([name]) => name === "cpu" || name === "memory")
    .map(([name, amount]) => [name, amount.roundUpToMilli()] as const);
  return new Map([...limits, ...containers, ...stated]);
}

/**
 * `spec.resources.limits` after API defaulting: a pod with any resources of its own gets the huge pages of its
 * containers as a limit, unless it names a request for them.
 */
export function podLevelLimits(spec: PodSpec): Amounts {
  const limits = parseResourceList(spec.resources?.limits, "spec.resources.limits");
  const requests = parseResourceList(spec.resources?.requests, "spec.resources.requests");
  if (limits.size === 0 && requests.size === 0) return limits;
  const hugePages = [...aggregate(spec, "limits", readResourceList)]
    .filter(([name]) => name.startsWith("hugepages-") && !requests.has(name))
    .map(([name, amount]) => [name, amount.roundUpToMilli()] as const);
  return new Map([...hugePages, ...limits]);
}

/** One list of one container after API defaulting: a missing request is the limit of the same resource (E1). */
export function containerAmounts(
  container: Container,
  kind: keyof ResourceRequirements,
  path: string,
  read: ListReader = parseResourceList,
): Amounts {
  const prefix = path === "" ? "resources" : `${path}.resources`;
  const limits = read(container.resources?.limits, `${prefix}.limits`);
  if (kind === "limits") return limits;
  return new Map([...limits, ...read(container.resources?.requests, `${prefix}.requests`)]);
}

/** Rule E2, for every resource name at once. */
function aggregate(
  spec: PodSpec,
  kind: keyof ResourceRequirements,
  read: ListReader = parseResourceList,
): Amounts {
  let main: Amounts = new Map();
  for (const [index, container] of spec.containers.entries()) {
    main = sum(main, containerAmounts(container, kind, `spec.containers[${index}]`, read));
  }
  let sidecars: Amounts = new Map();
  let start: Amounts = new Map();
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const amounts = containerAmounts(container, kind, `spec.initContainers[${index}]`, read);
    if (container.restartPolicy === "Always") {
      sidecars = sum(sidecars, amounts);
      start = maximum(start, sidecars);
    } else start = maximum(start, sum(amounts, sidecars));
  }
  return maximum(sum(main, sidecars), start);
}

function withPodLevel(aggregated: Amounts, podLevel: Amounts): Amounts {
  return new Map([...aggregated, ...[...podLevel].filter(([name]) => podLevelResource.test(name))]);
}

function sum(left: Amounts, right: Amounts): Amounts {
  return merge(left, right, (a, b) => a.add(b));
}

function maximum(left: Amounts, right: Amounts): Amounts {
  return merge(left, right, (a, b) => a.max(b));
}

function merge(left: Amounts, right: Amounts, combine: (a: Quantity, b: Quantity) => Quantity): Amounts {
  const merged = new Map(left);
  for (const [name, amount] of right) {
    const present = merged.get(name);
    merged.set(name, present ? combine(present, amount) : amount);
  }
  return merged;
}

/** Every entry rounded up to milli. Throws `InvalidInput` with the path of an entry that cannot be read. */
export function parseResourceList(list: ResourceList | undefined, path: string): Amounts {
  return readResourceList(list, path, (amount) => amount.roundUpToMilli());
}

/** Every entry as it stands. */
function readResourceList(
  list: ResourceList | undefined,
  path: string,
  rounded: (amount: Quantity) => Quantity = (amount) => amount,
): Amounts {
  if (list === undefined) return noAmounts;
  const amounts = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list)) {
    try {
      amounts.set(name, rounded(Quantity.parse(text)));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const issues = [{ path: `${path}.${name}`, message }];
      throw new ProviderError("InvalidInput", `${path}.${name}: ${message}`, { cause, issues });
    }
  }
  return amounts;
}

function amountOf(list: ResourceList | undefined, name: string): Quantity {
  return parseResourceList(list, "resources").get(name) ?? Quantity.zero;
}

function texts(amounts: Amounts): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));
}
