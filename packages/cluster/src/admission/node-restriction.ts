import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { forbidden } from "../api/status-error.ts";
import { nodeOf } from "../auth/node-authorizer.ts";
import type { User } from "../auth/user.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";

const mirrorAnnotation = "kubernetes.io/config.mirror";

/** A write that a node asks for. */
export interface NodeWrite {
  readonly operation: "create" | "update" | "delete";
  readonly type: ResourceType;
  readonly subresource?: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object?: KubeObject;
  readonly old?: KubeObject;
}

const kubeletLabels = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
]);

function isWithin(key: string, ...domains: readonly string[]): boolean {
  const domain = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  return domains.some((candidate) => domain === candidate || domain.endsWith(`.${candidate}`));
}

function isForbiddenLabel(key: string): boolean {
  if (isWithin(key, "node-restriction.kubernetes.io")) return true;
  const ofKubelet = kubeletLabels.has(key) || isWithin(key, "kubelet.kubernetes.io", "node.kubernetes.io");
  return isWithin(key, "kubernetes.io", "k8s.io") && !ofKubelet;
}

function forbiddenLabels(after: Json = {}, before: Json = {}): string {
  const changed = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(
    (key) => after[key] !== before[key],
  );
  return changed.filter(isForbiddenLabel).sort().join(", ");
}

/** Why a node may not write a Node; undefined when it may. */
function nodeRefusal(node: string, { operation, name, object, old }: NodeWrite): string | undefined {
  const me = `node ${JSON.stringify(node)}`;
  if (name !== node) return `${me} is not allowed to modify node ${JSON.stringify(name)}`;
  if (operation === "create") {
    const labels = forbiddenLabels(object?.metadata.labels);
    return labels === "" ? undefined : `${me} is not allowed to set the following labels: ${labels}`;
  }
  if (operation !== "update") return undefined;
  if (!jsonEqual(object?.spec?.taints, old?.spec?.taints)) return `${me} is not allowed to modify taints`;
  if (!jsonEqual(object?.metadata.ownerReferences, old?.metadata.ownerReferences))
    return `${me} is not allowed to modify ownerReferences`;
  const labels = forbiddenLabels(object?.metadata.labels, old?.metadata.labels);
  return labels === "" ? undefined : `is not allowed to modify labels: ${labels}`;
}

function mirrorRefusal(registry: Registry, node: string, pod: KubeObject): string | undefined {
  const me = `node ${JSON.stringify(node)}`;
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined)
    return `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${me} can only create mirror pods`;
  if (pod.spec.nodeName !== node) return `${me} can only create pods with spec.nodeName set to itself`;
  const [owner, ...more] = pod.metadata.ownerReferences ?? [];
  if (more.length > 0) return `${me} can only create pods with a single owner reference set to itself`;
  if (owner?.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node)
    return `${me} can only create pods with an owner reference set to itself`;
  if (!owner.controller) return `${me} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `${me} must not set blockOwnerDeletion on an owner reference`;
  const uid = registry.get(registry.types.require("", "nodes"), undefined, node).metadata.uid;
  return owner.uid === uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
}

/** Why a node may not write a pod. */
function podRefusal(registry: Registry, node: string, write: NodeWrite): string | undefined {
  const { operation, subresource, namespace, name, object, old } = write;
  const me = `node ${JSON.stringify(node)}`;
  const present = () => old ?? registry.get(write.type, namespace, name);
  if (subresource === "eviction") {
    const why = `node ${node} can only evict pods with spec.nodeName set to itself`;
    return present().spec.nodeName === node ? undefined : why;
  }
  if (subresource === "status") {
    if (present().spec.nodeName !== node)
      return `${me} can only update pod status for pods with spec.nodeName set to itself`;
    const same = jsonEqual(object?.metadata.labels, old?.metadata.labels);
    return same ? undefined : `${me} cannot update labels through pod status`;
  }
  if (subresource !== undefined)
    return `unexpected pod subresource ${JSON.stringify(subresource)}, only 'status' and 'eviction' are allowed`;
  if (operation === "create") return object && mirrorRefusal(registry, node, object);
  if (operation === "delete") {
    const why = `${me} can only delete pods with spec.nodeName set to itself`;
    return present().spec.nodeName === node ? undefined : why;
  }
  return `unexpected operation "UPDATE", ${me} can only create and delete mirror pods`;
}

function audienceRefusal(pod: KubeObject, audiences: readonly string[] = []): string | undefined {
  if (audiences.length > 1) return "node may only request 0 or 1 audiences";
  const [audience = ""] = audiences;
  const mounted = (pod.spec.volumes ?? [])
    .flatMap((volume: Json) => volume.projected?.sources ?? [])
    .some(
      ({ serviceAccountToken }: Json) =>
        serviceAccountToken && (serviceAccountToken.audience ?? "") === audience,
    );
  return mounted ? undefined : `audience ${JSON.stringify(audience)} not found in pod spec volume`;
}

/** Why a node may not have a token. */
function tokenRefusal(
  registry: Registry,
  node: string,
  { namespace, object }: NodeWrite,
): string | undefined {
  const { boundObjectRef: reference, audiences } = object?.spec ?? {};
  if (reference?.apiVersion !== "v1" || reference.kind !== "Pod" || !reference.name)
    return "node requested token not bound to a pod";
  if (!reference.uid) return "node requested token with a pod binding without a uid";
  const pod = registry.get(registry.types.require("", "pods"), namespace, reference.name);
  if (reference.uid !== pod.metadata.uid)
    return `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  if (pod.spec.nodeName !== node) return "node requested token bound to a pod scheduled on a different node";
  return audienceRefusal(pod, audiences);
}

function leaseRefusal(node: string, { namespace, name }: NodeWrite): string | undefined {
  if (namespace !== "kube-node-lease")
    return 'can only access leases in the "kube-node-lease" system namespace';
  return name === node ? undefined : "can only access node lease with the same name as the requesting node";
}

function refusal(registry: Registry, node: string, write: NodeWrite): string | undefined {
  switch (`${write.type.group}/${write.type.plural}`) {
    case "/pods":
      return podRefusal(registry, node, write);
    case "/nodes":
      return nodeRefusal(node, write);
    case "/serviceaccounts":
      return write.subresource === "token" ? tokenRefusal(registry, node, write) : undefined;
    case "/persistentvolumeclaims":
      return write.subresource === "status" ? undefined : "may only update PVC status";
    case "coordination.k8s.io/leases":
      return leaseRefusal(node, write);
    default:
      return undefined;
  }
}

/** Plugin NodeRestriction: a node writes itself, its Lease and its own pods. @throws StatusError 403, 404 */
export function restrictNode(registry: Registry, user: User, write: NodeWrite): void {
  const node = nodeOf(user);
  if (node === undefined) return;
  const why = refusal(registry, node, write);
  if (why !== undefined) throw forbidden(write.type, write.name, why);
}
