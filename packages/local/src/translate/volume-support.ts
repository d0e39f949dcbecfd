import type { SupportRule, SupportTable } from "@vkubelet/pod";

const noVolume = "no such volume on this machine; use emptyDir or hostPath";

/** Where Kubernetes 1.37 lets a volume name the owner of its files. */
const fileOwners = [
  ...["configMap", "secret", "downwardAPI", "projected"].map((kind) => `spec.volumes[].${kind}.defaultUser`),
  ...["configMap", "secret", "downwardAPI", "projected.sources[].configMap"].map(itemsUser),
  ...["projected.sources[].secret", "projected.sources[].downwardAPI"].map(itemsUser),
  "spec.volumes[].projected.sources[].serviceAccountToken.user",
];

function itemsUser(kind: string): string {
  return `spec.volumes[].${kind}.items[].user`;
}

/** What this machine makes of volumes. */
export const volumeRules: SupportTable = [
  { path: "spec.volumes", disposition: "reject", reason: noVolume },
  { path: "spec.volumes[].name", disposition: "exact", reason: "" },
  { path: "spec.volumes[].emptyDir", disposition: "exact", reason: "" },
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "approx",
    reason: "a plain directory, on disk",
  },
  {
    path: "spec.volumes[].emptyDir.sizeLimit",
    disposition: "approx",
    reason: "not measured and not enforced",
  },
  { path: "spec.volumes[].configMap", disposition: "exact", reason: "" },
  { path: "spec.volumes[].secret", disposition: "exact", reason: "" },
  { path: "spec.volumes[].downwardAPI", disposition: "exact", reason: "" },
  { path: "spec.volumes[].projected", disposition: "exact", reason: "" },
  { path: "spec.volumes[].hostPath", disposition: "exact", reason: "" },
  {
    path: "spec.volumes[].hostPath.type",
    disposition: "approx",
    reason: "not checked before the start; a missing path fails the start",
  },
  {
    path: "spec.volumes[].emptyDir.mode",
    disposition: "reject",
    reason: "the directory has mode 0777; remove it",
    accepted: "mode 0777",
  },
  ...fileOwners.map(
    (path): SupportRule => ({
      path,
      disposition: "reject",
      reason: "files belong to the kubelet's user; remove it",
      accepted: "files belong to the kubelet's user",
    }),
  ),
];
