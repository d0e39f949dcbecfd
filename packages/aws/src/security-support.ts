import type { SupportTable } from "@vkubelet/pod";
import { rules } from "./support-rules.ts";

/** The security context of the whole pod. */
export const podSecurity: SupportTable = [
  ...rules("exact", "", ["spec.securityContext.runAsUser", "spec.securityContext.runAsGroup"]),
  ...rules("approx", "checked against runAsUser; the user of the image is not read", [
    "spec.securityContext.runAsNonRoot",
  ]),
  ...rules("approx", "volumes are opened to everybody instead of to this group, which no process gets", [
    "spec.securityContext.fsGroup",
  ]),
  {
    path: "spec.securityContext.supplementalGroups",
    disposition: "reject",
    reason: "ECS sets one user and one group, and no supplementary ones: remove it",
    accepted: "processes get none of these groups",
  },
  ...rules("ignore", "only tunes a setting that is judged by itself", [
    "spec.securityContext.fsGroupChangePolicy",
    "spec.securityContext.seLinuxChangePolicy",
  ]),
  {
    path: "spec.securityContext.supplementalGroupsPolicy",
    disposition: "reject",
    reason: "groups of the image are always merged: remove Strict",
    default: "Merge",
    accepted: "groups of the image are merged",
  },
  ...rules("reject", "only Linux pods run here", ["spec.securityContext.windowsOptions"]),
  {
    path: "spec.securityContext.seLinuxOptions",
    disposition: "reject",
    reason: "ECS has no SELinux labels on this platform: remove it",
    accepted: "processes and files get no labels",
  },
];

/** seccomp and AppArmor: AWS applies profiles of its own, which stand in for the runtime's default and nothing else. */
export const profiles: SupportTable = [
  "spec.securityContext",
  "spec.containers[].securityContext",
  "spec.initContainers[].securityContext",
].flatMap((owner) =>
  ["seccompProfile", "appArmorProfile"].flatMap(
    (field): SupportTable => [
      {
        path: `${owner}.${field}`,
        disposition: "approx",
        reason: "AWS applies its own profile",
      },
      {
        path: `${owner}.${field}`,
        disposition: "reject",
        reason: "only RuntimeDefault is possible here",
        when: (value) => (value as { readonly type?: unknown } | null)?.type !== "RuntimeDefault",
        accepted: "AWS applies its own profile",
      },
    ],
  ),
);
