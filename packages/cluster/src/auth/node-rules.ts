import type { Attributes } from "./attributes.ts";
import { ruleAllows } from "./policy-rule.ts";

const read = ["get", "list", "watch"];

function rule(verbs: readonly string[], group: string, ...resources: string[]) {
  return { verbs, apiGroups: [group], resources };
}

/** What the API server lets kubelets do (its bootstrap policy for `system:node`). */
const rules = [
  rule(["create"], "authentication.k8s.io", "tokenreviews"),
  rule(["create"], "authorization.k8s.io", "subjectaccessreviews", "localsubjectaccessreviews"),
  rule(
    read,
    "",
    "services",
    "persistentvolumeclaims",
    "persistentvolumes",
    "endpoints",
    "configmaps",
    "secrets",
  ),
  rule(["create", ...read, "update", "patch", "delete"], "", "nodes"),
  rule(["update", "patch"], "", "nodes/status", "pods/status", "persistentvolumeclaims/status"),
  rule(["create", "update", "patch"], "", "events"),
  rule(["create", "update", "patch"], "events.k8s.io", "events"),
  rule([...read, "create", "delete"], "", "pods"),
  rule(["create"], "", "pods/eviction", "serviceaccounts/token"),
  rule(["get"], "", "serviceaccounts"),
  rule(["create", ...read], "certificates.k8s.io", "certificatesigningrequests"),
  rule(["get", "create", "update", "patch", "delete"], "coordination.k8s.io", "leases"),
  rule(["get", "create", "update", "patch", "delete"], "storage.k8s.io", "csinodes"),
  rule(read, "storage.k8s.io", "csidrivers", "volumeattachments"),
  rule(read, "node.k8s.io", "runtimeclasses"),
];

/** Whether a node may do something. Which node owns which object is not looked at, unlike in the node authorizer. */
export function nodeMay(attributes: Attributes): boolean {
  return rules.some((candidate) => ruleAllows(candidate, attributes));
}
