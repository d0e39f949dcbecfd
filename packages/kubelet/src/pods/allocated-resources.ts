import type { Container, ContainerStatus, Pod, PodStatus, ResourceRequirements } from "@vkubelet/core";

/** A container's status with what was given to it (core/v1 ContainerStatus; pod-semantics A9). */
interface AllocatedStatus extends ContainerStatus {
  readonly resources?: ResourceRequirements;
  readonly allocatedResources?: ResourceRequirements["requests"];
}

/**
 * The status with what its containers were given: `allocated` is the pod as it counts on the node, undefined once it no
 * longer does; then what was told before stays. The API server lets a running pod be resized only where a node tells
 * this (pkg/apis/core/validation isPodResizeRequestSupported).
 */
export function withAllocatedResources(
  status: PodStatus,
  previous: PodStatus | undefined,
  allocated: Pod | undefined,
): PodStatus {
  const containers = new Map(containersOf(allocated).map((container) => [container.name, container]));
  const before = new Map(statusesOf(previous).map((known) => [known.name, known]));
  const allocate = (known: AllocatedStatus): AllocatedStatus => {
    const container = containers.get(known.name);
    const last = before.get(known.name);
    const resources = container === undefined ? last?.resources : (container.resources ?? {});
    const requests = container === undefined ? last?.allocatedResources : container.resources?.requests;
    return {
      ...known,
      ...(resources !== undefined && { resources }),
      ...(requests !== undefined && { allocatedResources: requests }),
    };
  };
  const { initContainerStatuses: init, containerStatuses: main } = status;
  return {
    ...status,
    ...(init !== undefined && { initContainerStatuses: init.map(allocate) }),
    ...(main !== undefined && { containerStatuses: main.map(allocate) }),
  };
}

/** The pod with the resources that its status says it was given, where it says so. */
export function asAllocated(pod: Pod): Pod {
  const told = new Map(statusesOf(pod.status).map(({ name, resources }) => [name, resources]));
  const given = (container: Container): Container => {
    const resources = told.get(container.name);
    return resources === undefined ? container : { ...container, resources };
  };
  const { spec } = pod;
  if (spec === undefined || [...told.values()].every((resources) => resources === undefined)) return pod;
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(given),
      ...(spec.initContainers !== undefined && { initContainers: spec.initContainers.map(given) }),
    },
  };
}

function containersOf(pod: Pod | undefined): readonly Container[] {
  return [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])];
}

function statusesOf(status: PodStatus | undefined): readonly AllocatedStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
