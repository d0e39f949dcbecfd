import type { KubeObject } from "../api/objects.ts";
import { forbidden, StatusError } from "../api/status-error.ts";
import { type Amounts, nodeAllocatable, podRequests } from "../controllers/pod-requests.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";

const units = { cpu: 1_000_000n, memory: 1_000_000_000n } as const;

function refuse(type: ResourceType, pod: KubeObject, why: string, reason: string): never {
  const { code, reason: kind, message, details } = forbidden(type, pod.metadata.name, why);
  throw new StatusError(code, kind, message, { ...details, causes: [{ reason }] });
}

/** What is asked for beyond what the node could ever give. */
function excess(requests: Amounts, allocatable: Amounts): string[] {
  return Object.entries(units).flatMap(([name, unit]) => {
    const [asked, there] = [requests.get(name) ?? 0n, allocatable.get(name) ?? 0n];
    return asked > there ? [`${name}, requested: ${asked / unit}, allocatable: ${there / unit}`] : [];
  });
}

/** Plugin PodResizeValidator: a bound pod grows no larger than its node. @throws StatusError 403 */
export function admitResize(pod: KubeObject, type: ResourceType, context: StrategyContext): void {
  const name: string | undefined = pod.spec.nodeName;
  if (!name) return;
  const node = context.store.get(context.types.require("", "nodes"), undefined, name);
  if (!node) throw forbidden(type, pod.metadata.name, `node ${JSON.stringify(name)} not found`);
  const os = node.metadata.labels?.["kubernetes.io/os"] ?? "linux";
  if (os !== "linux") {
    const why = `pod resize is only supported on linux nodes, node ${JSON.stringify(name)} is ${JSON.stringify(os)}`;
    refuse(type, pod, why, "UnsupportedPlatform");
  }
  const over = excess(podRequests(pod.spec), nodeAllocatable(node));
  if (over.length > 0) {
    const why = `node didn't have enough allocatable resources: ${over.join("; ")}`;
    refuse(type, pod, why, "NodeCapacity");
  }
}
