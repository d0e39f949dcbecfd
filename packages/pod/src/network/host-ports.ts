import type { ContainerPort, Pod } from "@vkubelet/core";
import { isSidecar } from "../status/restart.ts";

const anyAddress = "0.0.0.0";

/**
 * Whether the pod wants a port of the node that one of the pods there holds (scheduler plugins/nodeports): same number
 * and protocol, on the same address or with one of both on every address. Ports of main containers and sidecars count.
 */
export function hostPortsConflict(pod: Pod, otherPods: readonly Pod[]): boolean {
  const held = otherPods.flatMap(hostPorts);
  return hostPorts(pod).some((wanted) => held.some((port) => conflict(wanted, port)));
}

function hostPorts(pod: Pod): readonly ContainerPort[] {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  return [...initContainers.filter(isSidecar), ...containers].flatMap(({ ports = [] }) =>
    ports.filter(({ hostPort = 0 }) => hostPort > 0),
  );
}

function conflict(left: ContainerPort, right: ContainerPort): boolean {
  if (left.hostPort !== right.hostPort) return false;
  if ((left.protocol || "TCP") !== (right.protocol || "TCP")) return false;
  const [leftAddress, rightAddress] = [left.hostIP || anyAddress, right.hostIP || anyAddress];
  return leftAddress === rightAddress || leftAddress === anyAddress || rightAddress === anyAddress;
}
