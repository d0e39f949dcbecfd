import type { Json } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";
import { parseFieldSelector } from "../selectors/field-selector.ts";
import type { Attributes } from "./attributes.ts";
import { isRelated, podsOfNode, type RelatedKind } from "./node-relations.ts";
import { nodeMay } from "./node-rules.ts";
import type { User } from "./user.ts";

const prefix = "system:node:";

/** Allowed, or why not. */
export type NodeDecision = true | string;

/** The node that a user is; undefined when he is none. */
export function nodeOf(user: User): string | undefined {
  return user.groups.includes("system:nodes") && user.name.startsWith(prefix)
    ? user.name.slice(prefix.length)
    : undefined;
}

function selectsNode({ fieldSelector = "" }: Attributes, node: string): boolean {
  return parseFieldSelector(fieldSelector).some(
    ({ field, equal, value }) => field === "spec.nodeName" && equal && value === node,
  );
}

function decideNode(node: string, { verb, subresource, name = "" }: Attributes): NodeDecision {
  if (subresource === "status") return ["update", "patch"].includes(verb) || "";
  if (subresource !== undefined) return "";
  if (["create", "update", "patch"].includes(verb)) return true;
  if (!["get", "list", "watch"].includes(verb)) return "";
  if (name === node) return true;
  return name === ""
    ? `node '${node}' cannot read all nodes, only its own Node object`
    : `node '${node}' cannot read '${name}', only its own Node object`;
}

function unrelated(node: string): string {
  return `no relationship found between node '${node}' and this object`;
}

function decidePod(registry: Registry, node: string, attributes: Attributes): NodeDecision {
  const { verb, subresource, namespace, name } = attributes;
  if (subresource === "status") return ["update", "patch"].includes(verb) || "";
  if (subresource === "eviction") return verb === "create" || "";
  if (subresource !== undefined) return "";
  const isOwn = () =>
    podsOfNode(registry, node).some(
      ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
    ) || unrelated(node);
  switch (verb) {
    case "create":
    case "delete":
      return true;
    case "get":
      return isOwn();
    case "list":
    case "watch":
      if (selectsNode(attributes, node)) return true;
      return name ? isOwn() : "can only list/watch pods with spec.nodeName field selector";
    default:
      return "";
  }
}

function decideRelated(
  registry: Registry,
  node: string,
  kind: RelatedKind,
  { verb, subresource, namespace, name = "" }: Attributes,
): NodeDecision {
  const verbs = kind === "persistentvolumeclaims" ? ["get"] : ["get", "list", "watch"];
  const only =
    verbs.length === 1
      ? "can only get individual resources of this type"
      : "can only read resources of this type";
  if (!verbs.includes(verb)) return only;
  if (subresource !== undefined) return "cannot read subresource";
  if (!namespace) return "can only read namespaced object of this type";
  if (name === "") return "No Object name found";
  return isRelated(registry, node, kind, namespace, name) || unrelated(node);
}

function decideAccount(registry: Registry, node: string, attributes: Attributes): NodeDecision {
  const { verb, subresource, namespace, name = "" } = attributes;
  if (verb === "get" && subresource === undefined)
    return decideRelated(registry, node, "serviceaccounts", attributes);
  if (verb !== "create" || name === "") return "can only create tokens for individual service accounts";
  if (subresource !== "token") return "can only create token subresource of serviceaccount";
  return isRelated(registry, node, "serviceaccounts", namespace, name) || unrelated(node);
}

function decideClaim(registry: Registry, node: string, attributes: Attributes): NodeDecision {
  const { verb, subresource, namespace, name = "" } = attributes;
  if (subresource !== "status") return decideRelated(registry, node, "persistentvolumeclaims", attributes);
  if (!["update", "patch"].includes(verb)) return "can only get/update/patch this type";
  return isRelated(registry, node, "persistentvolumeclaims", namespace, name) || unrelated(node);
}

function decideVolume(registry: Registry, node: string, { verb, name = "" }: Attributes): NodeDecision {
  if (verb !== "get") return "can only get individual resources of this type";
  const claims = registry.types.require("", "persistentvolumeclaims");
  const bound = registry.store.list(claims).filter(({ spec }: { spec?: Json }) => spec?.volumeName === name);
  const isUsed = bound.some(({ metadata }) =>
    isRelated(registry, node, "persistentvolumeclaims", metadata.namespace, metadata.name),
  );
  return isUsed || unrelated(node);
}

function decideLease(node: string, { verb, namespace, name }: Attributes): NodeDecision {
  if (!["get", "create", "update", "patch", "delete"].includes(verb))
    return "can only get, create, update, patch, or delete a node lease";
  if (namespace !== "kube-node-lease")
    return 'can only access leases in the "kube-node-lease" system namespace';
  return (
    verb === "create" ||
    name === node ||
    "can only access node lease with the same name as the requesting node"
  );
}

/** Whether a node may do something, as the API server's node authorizer decides: by what its own pods refer to. */
export function decideForNode(registry: Registry, node: string, attributes: Attributes): NodeDecision {
  switch (`${attributes.group ?? ""}/${attributes.resource ?? ""}`) {
    case "/secrets":
      return decideRelated(registry, node, "secrets", attributes);
    case "/configmaps":
      return decideRelated(registry, node, "configmaps", attributes);
    case "/persistentvolumeclaims":
      return decideClaim(registry, node, attributes);
    case "/persistentvolumes":
      return decideVolume(registry, node, attributes);
    case "/serviceaccounts":
      return decideAccount(registry, node, attributes);
    case "coordination.k8s.io/leases":
      return decideLease(node, attributes);
    case "/nodes":
      return decideNode(node, attributes);
    case "/pods":
      return decidePod(registry, node, attributes);
    default:
      return nodeMay(attributes) || "";
  }
}
