import type { SupportTable } from "@vkubelet/pod";

const noVolume = "no such volume on this machine; use emptyDir or hostPath";

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
    path: "spec.volumes[].emptyDir.mode",
    disposition: "approx",
    reason: "always 0777",
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
];
