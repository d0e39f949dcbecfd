import type { SupportTable } from "@vkubelet/pod";

const noVolume = "no such volume on this machine; use emptyDir or hostPath";

/** What this machine makes of volumes. */
export const volumeRules: SupportTable = [
  { path: "spec.volumes", disposition: "reject", reason: noVolume },
  { path: "spec.volumes[].name", disposition: "exact", reason: "" },
  { path: "spec.volumes[].emptyDir", disposition: "exact", reason: "" },
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "exact",
    reason: "a tmpfs; without a sizeLimit it may grow to half of the machine's memory",
  },
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "reject",
    reason: "huge pages are not mounted; leave the medium out or use Memory",
    when: (value) => String(value).startsWith("HugePages"),
  },
  {
    path: "spec.volumes[].emptyDir.mode",
    disposition: "approx",
    reason: "always 0777",
  },
  {
    path: "spec.volumes[].emptyDir.sizeLimit",
    disposition: "exact",
    reason: "measured every 10 s, and the pod is evicted that exceeds it",
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
