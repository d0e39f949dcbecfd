import type { SupportRule } from "@vkubelet/pod";
import { rule } from "./support-rule.ts";

function isRuntimeDefault(profile: unknown): boolean {
  return (profile as { readonly type?: unknown } | null)?.type === "RuntimeDefault";
}

/** What docker has alike for a pod and a container. */
function common(path: string): readonly SupportRule[] {
  return [
    ...["runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "appArmorProfile"].map((field) =>
      rule("exact", `${path}.${field}`, ""),
    ),
    ...["seccompProfile", "appArmorProfile"].map((field) =>
      rule("exact", `${path}.${field}`, "docker's own profile", isRuntimeDefault),
    ),
    rule("approx", `${path}.seLinuxOptions`, "on clients whose docker engine has SELinux enabled"),
    rule("reject", `${path}.windowsOptions`, "only Linux clients are used"),
  ];
}

/** Security settings of a pod under the docker driver. */
export const podSecurity: readonly SupportRule[] = [
  ...common("spec.securityContext"),
  rule("exact", "spec.securityContext.supplementalGroups", ""),
  rule(
    "reject",
    "spec.securityContext.supplementalGroupsPolicy",
    "docker always adds the groups that the image has for the user; leave Strict out",
    (value) => value !== "Merge",
  ),
  rule("exact", "spec.securityContext.supplementalGroupsPolicy", ""),
  rule(
    "approx",
    "spec.securityContext.fsGroup",
    "one more group of the processes; files of volumes keep their owner and mode",
  ),
  rule("ignore", "spec.securityContext.fsGroupChangePolicy", "no file changes its owner"),
  rule("ignore", "spec.securityContext.seLinuxChangePolicy", "no volume is labelled"),
  rule("exact", "spec.securityContext.sysctls", ""),
];

/** Security settings of a container under the docker driver; paths are relative to the container. */
export const containerSecurity: readonly SupportRule[] = [
  ...common("securityContext"),
  rule("exact", "securityContext.allowPrivilegeEscalation", ""),
  rule("exact", "securityContext.readOnlyRootFilesystem", ""),
  rule("exact", "securityContext.capabilities.drop", ""),
  rule(
    "approx",
    "securityContext.capabilities.add",
    "the start fails where allow_caps of the client's docker plugin lacks one",
  ),
  rule(
    "approx",
    "securityContext.privileged",
    "the start fails where the client's docker plugin does not set allow_privileged",
  ),
  rule("reject", "securityContext.procMount", "docker masks /proc", (value) => value !== "Default"),
  rule("exact", "securityContext.procMount", ""),
];
