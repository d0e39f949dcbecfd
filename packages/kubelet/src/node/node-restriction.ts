/** Labels of Kubernetes that a node may put on itself (k8s.io/kubelet pkg/apis, well_known_labels.go). */
const ownLabels: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "node.kubernetes.io/instance-type",
  "beta.kubernetes.io/instance-type",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
]);

const ownDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];

/**
 * Whether the admission plugin NodeRestriction keeps a node from setting this label on itself, so that no node makes
 * itself a target of workloads that are not meant for it (plugin/pkg/admission/noderestriction, getForbiddenLabels).
 */
export function isRestrictedLabel(key: string): boolean {
  const slash = key.indexOf("/");
  const domain = slash < 0 ? "" : key.slice(0, slash);
  if (!isWithin(domain, "kubernetes.io") && !isWithin(domain, "k8s.io")) return false;
  return !ownLabels.has(key) && !ownDomains.some((own) => isWithin(domain, own));
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}
