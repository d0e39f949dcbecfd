import type { Pod } from "@vkubelet/core";
import type { SupportRule, SupportTable } from "@vkubelet/pod";
import { localImage } from "./local-image.ts";
import type { LocalHost } from "./process-plan.ts";

const notEnforced = "not enforced on processes";

/** What this machine makes of a pod's security context. */
export function podSecurityRules(host: LocalHost): SupportTable {
  return [...commonRules("spec.securityContext", host), ...groupRules("spec.securityContext", host)];
}

/** What this machine makes of a container's security context, at `path`. */
export function containerSecurityRules(path: string, host: LocalHost): SupportTable {
  return [
    ...commonRules(path, host),
    {
      path: `${path}.privileged`,
      ...(host.uid === 0
        ? { disposition: "approx", reason: "a root process of this machine, which nothing confines" }
        : { disposition: "reject", reason: `${ownUser(host)}: run the kubelet as root` }),
      default: false,
    },
    ...privilegeRules(path, host),
    { path: `${path}.readOnlyRootFilesystem`, disposition: "approx", reason: notEnforced },
    {
      path: `${path}.readOnlyRootFilesystem`,
      disposition: "exact",
      reason: "the root is that of an image",
      when: (_, pod) => readOnlyWhereOwn(pod, host),
    },
  ];
}

/** Whether every container that wants its root read-only has one of its own. */
function readOnlyWhereOwn({ spec }: Pod, { images = {} }: LocalHost): boolean {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].every(
    ({ image = "", securityContext }) =>
      !securityContext?.["readOnlyRootFilesystem"] || localImage(image, images)?.root !== undefined,
  );
}

function ownUser(host: LocalHost): string {
  return `processes run as user ${host.uid} and group ${host.gid}, as the kubelet does`;
}

function commonRules(path: string, host: LocalHost): SupportTable {
  return [
    {
      path,
      disposition: "reject",
      reason: "not enforced on processes of this machine",
      accepted: "not enforced",
    },
    ...(host.users === "any" ? anyUserRules(path) : ownUserRules(path, host)),
    { path: `${path}.seccompProfile.type`, disposition: "approx", reason: "no profile is applied" },
    { path: `${path}.appArmorProfile.type`, disposition: "approx", reason: "no profile is applied" },
  ];
}

function anyUserRules(path: string): SupportTable {
  return [
    { path: `${path}.runAsUser`, disposition: "exact", reason: "" },
    { path: `${path}.runAsGroup`, disposition: "exact", reason: "" },
    {
      path: `${path}.runAsNonRoot`,
      disposition: "exact",
      reason: "a container that would run as root is rejected",
    },
  ];
}

/** Only what asks for the user that processes have anyway. */
function ownUserRules(path: string, host: LocalHost): SupportTable {
  const user = ownUser(host);
  const unless = (field: string, when: (value: unknown) => boolean): SupportTable => [
    { path: `${path}.${field}`, disposition: "exact", reason: user },
    {
      path: `${path}.${field}`,
      disposition: "reject",
      reason: user,
      accepted: "it runs as that user all the same",
      when,
    },
  ];
  return [
    ...unless("runAsUser", (value) => value !== host.uid),
    ...unless("runAsGroup", (value) => value !== host.gid),
    ...unless("runAsNonRoot", (value) => value === true && host.uid === 0),
  ];
}

function groupRules(path: string, host: LocalHost): SupportTable {
  const changePolicy: SupportRule = {
    path: `${path}.fsGroupChangePolicy`,
    disposition: "ignore",
    reason: "has no effect on emptyDir and on volumes of files, as the API says, and none on hostPath",
  };
  if (host.users === "own") {
    return [
      {
        path: `${path}.fsGroup`,
        disposition: "approx",
        reason: "emptyDir is 0777 and files belong to the kubelet's user; no group is added",
      },
      changePolicy,
    ];
  }
  return [
    { path: `${path}.fsGroup`, disposition: "exact", reason: "" },
    { path: `${path}.supplementalGroups`, disposition: "exact", reason: "" },
    { path: `${path}.supplementalGroupsPolicy`, disposition: "exact", reason: "" },
    changePolicy,
  ];
}

function privilegeRules(path: string, host: LocalHost): SupportTable {
  if (host.users === "any") {
    return [
      { path: `${path}.capabilities`, disposition: "exact", reason: "" },
      {
        path: `${path}.allowPrivilegeEscalation`,
        disposition: "exact",
        reason: "no_new_privs is set where it is false",
      },
    ];
  }
  const added: SupportRule = {
    path: `${path}.capabilities.add`,
    disposition: "approx",
    reason: "a root process of this machine has all the capabilities of the kubelet",
  };
  return [
    ...(host.uid === 0 ? [added] : []),
    { path: `${path}.capabilities.drop`, disposition: "approx", reason: notEnforced },
    { path: `${path}.allowPrivilegeEscalation`, disposition: "approx", reason: notEnforced },
  ];
}
