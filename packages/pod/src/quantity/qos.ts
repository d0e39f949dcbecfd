import type { Container, Pod, PodSpec, PodStatus } from "@vkubelet/core";
import type { Quantity } from "./quantity.ts";
import { containerAmounts, podLevelLimits, podLevelRequests } from "./resources.ts";

/** The quality of service classes of pods. */
export type QosClass = NonNullable<PodStatus["qosClass"]>;

type Amounts = ReadonlyMap<string, Quantity>;

const counted = ["cpu", "memory"] as const;

/** The class that the pod's status already holds, which never changes; computed only where it is empty (S1). */
export function qosClassOfPod(pod: Pod): QosClass {
  return pod.status?.qosClass ?? qosClassOf(pod.spec ?? { containers: [] });
}

/**
 * The class by the API server's rules (S2, S3): cpu and memory above zero of containers and init containers, or of
 * the pod-level resources alone where there are any. Throws `InvalidInput` for a quantity that cannot be read.
 */
export function qosClassOf(spec: PodSpec): QosClass {
  const units = spec.resources ? [podLevelUnit(spec)] : containerUnits(spec);
  const requests = counted.map((name) => total(units.map((unit) => unit.requests.get(name))));
  const limits = counted.map((name) => total(units.map((unit) => unit.limits.get(name))));
  if ([...requests, ...limits].every((amount) => amount === undefined)) return "BestEffort";
  const allLimited = units.every((unit) => counted.every((name) => unit.limits.get(name)?.isPositive()));
  const matching = requests.every((amount, index) => {
    const limit = limits[index];
    return amount !== undefined && limit !== undefined && amount.compare(limit) === 0;
  });
  return allLimited && matching ? "Guaranteed" : "Burstable";
}

function podLevelUnit(spec: PodSpec): { requests: Amounts; limits: Amounts } {
  return {
    requests: podLevelRequests(spec),
    limits: podLevelLimits(spec),
  };
}

function containerUnits(spec: PodSpec): { requests: Amounts; limits: Amounts }[] {
  const unit = (field: string) => (container: Container, index: number) => ({
    requests: containerAmounts(container, "requests", `spec.${field}[${index}]`),
    limits: containerAmounts(container, "limits", `spec.${field}[${index}]`),
  });
  return [
    ...spec.containers.map(unit("containers")),
    ...(spec.initContainers ?? []).map(unit("initContainers")),
  ];
}

/** The sum of what is above zero; undefined where nothing is. */
function total(amounts: readonly (Quantity | undefined)[]): Quantity | undefined {
  return amounts
    .filter((amount) => amount?.isPositive())
    .reduce((sum, amount) => (sum && amount ? sum.add(amount) : (sum ?? amount)), undefined);
}
