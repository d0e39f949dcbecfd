import type { Container, Pod, PodSpec, ResourceList } from "@vkubelet/core";
import type { Quantity } from "../quantity/quantity.ts";
import { effectiveResources, parseResourceList } from "../quantity/resources.ts";
import { isQualifiedName } from "./label-requirement.ts";
import { type NodeForAdmission, schedulingSpec } from "./scheduling-fields.ts";

/** What a node has too little of. cpu in millicores, everything else in bytes or pieces. */
export interface InsufficientResource {
  readonly resource: string;
  readonly requested: bigint;
  readonly used: bigint;
  readonly capacity: bigint;
}

/**
 * What of a node's allocatable the pod does not fit in beside the pods there already
 * (scheduler plugins/noderesources/fit.go fitsRequest): `pods`, `cpu`, `memory`, `ephemeral-storage`, then the others by
 * name; empty when it fits. Resources whose names mean nothing to a node are left out, and so are extended resources
 * that the node does not list, which are the cluster's (pkg/kubelet/lifecycle/predicate.go). Throws `InvalidInput`
 * naming the path of a quantity that cannot be read.
 */
export function insufficientResources(
  pod: Pod,
  node: NodeForAdmission,
  otherPods: readonly Pod[],
): readonly InsufficientResource[] {
  const allocatable = parseResourceList(node.status?.allocatable, "status.allocatable");
  const capacityOf = (name: string) => amount(allocatable.get(name), name);
  const insufficient: InsufficientResource[] = [];
  const podCount = BigInt(otherPods.length);
  if (podCount + 1n > capacityOf("pods")) {
    insufficient.push({ resource: "pods", requested: 1n, used: podCount, capacity: capacityOf("pods") });
  }
  const wanted = effectiveResources(withoutMissing(schedulingSpec(pod), allocatable)).requests;
  const taken = otherPods.map((other) => effectiveResources(schedulingSpec(other)).requests);
  for (const resource of inOrder([...wanted.keys()].filter(countsOnNodes))) {
    const requested = amount(wanted.get(resource), resource);
    const capacity = capacityOf(resource);
    const used = taken.reduce((total, amounts) => total + amount(amounts.get(resource), resource), 0n);
    if (requested > 0n && requested > capacity - used) {
      insufficient.push({ resource, requested, used, capacity });
    }
  }
  return insufficient;
}

const ordered = ["cpu", "memory", "ephemeral-storage"];

function inOrder(names: readonly string[]): readonly string[] {
  const others = names.filter((name) => !ordered.includes(name)).sort();
  return [...ordered.filter((name) => names.includes(name)), ...others];
}

function amount(quantity: Quantity | undefined, name: string): bigint {
  if (quantity === undefined) return 0n;
  return name === "cpu" ? quantity.ceilToMilli() : quantity.ceilToInteger();
}

function countsOnNodes(name: string): boolean {
  return (
    ordered.includes(name) ||
    name.startsWith("hugepages-") ||
    name.startsWith("attachable-volumes-") ||
    name.includes("kubernetes.io/") ||
    isExtendedResource(name)
  );
}

/** pkg/apis/core/v1/helper IsExtendedResourceName: with a domain that is not Kubernetes' own. */
function isExtendedResource(name: string): boolean {
  if (!name.includes("/") || name.includes("kubernetes.io/") || name.startsWith("requests.")) return false;
  return isQualifiedName(`requests.${name}`);
}

function withoutMissing(spec: PodSpec, allocatable: ReadonlyMap<string, Quantity>): PodSpec {
  const kept = (list: ResourceList | undefined): ResourceList =>
    Object.fromEntries(
      Object.entries(list ?? {}).filter(([name]) => allocatable.has(name) || !isExtendedResource(name)),
    );
  const strip = (container: Container): Container => ({
    ...container,
    resources: {
      ...container.resources,
      requests: kept(container.resources?.requests),
      limits: kept(container.resources?.limits),
    },
  });
  return {
    ...spec,
    containers: spec.containers.map(strip),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(strip) }),
  };
}
