import type { Container, Pod } from "@vkubelet/core";
import {
  allowsPrivilegeEscalation,
  type EffectiveSecurity,
  effectiveSecurity,
  type FieldAccount,
  runAsNonRootVerdict,
} from "@vkubelet/pod";

/** What a container's security settings become: the task's user and the docker driver's options. */
export interface TaskSecurity {
  readonly user?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The container's security context over the pod's, for the docker driver. */
export function taskSecurity(
  pod: Pod,
  container: Container,
  path: string,
  account: FieldAccount,
): TaskSecurity {
  const security = effectiveSecurity(pod, container, path);
  const { runAsNonRoot, capabilities, supplementalGroups, fsGroup } = security;
  const verdict = runAsNonRootVerdict(pod, container);
  if (runAsNonRoot && verdict.type === "refused") account.reject(runAsNonRoot.path, verdict.message);
  if (runAsNonRoot && verdict.type === "unknown") {
    account.reject(
      runAsNonRoot.path,
      "only a runAsUser other than 0 shows it; set runAsUser",
      "not checked: the image's own user runs it",
    );
  }
  const user = userOf(security, account);
  const options = securityOptions(security, account);
  const groups = [...(supplementalGroups?.value ?? []), ...(fsGroup ? [fsGroup.value] : [])].map(String);
  return {
    ...(user === undefined ? {} : { user }),
    config: {
      ...(security.privileged?.value ? { privileged: true } : {}),
      ...(security.readOnlyRootFilesystem?.value ? { readonly_rootfs: true } : {}),
      ...(capabilities?.value.add.length ? { cap_add: capabilities.value.add } : {}),
      ...(capabilities?.value.drop.length ? { cap_drop: capabilities.value.drop } : {}),
      ...(groups.length > 0 ? { group_add: groups } : {}),
      ...(options.length > 0 ? { security_opt: options } : {}),
    },
  };
}

function userOf({ runAsUser, runAsGroup }: EffectiveSecurity, account: FieldAccount): string | undefined {
  if (!runAsUser) {
    if (runAsGroup) account.reject(runAsGroup.path, "needs runAsUser beside it");
    return undefined;
  }
  return runAsGroup ? `${runAsUser.value}:${runAsGroup.value}` : `${runAsUser.value}`;
}

function securityOptions(security: EffectiveSecurity, account: FieldAccount): string[] {
  const { seccompProfile, appArmorProfile, seLinuxOptions } = security;
  const options: string[] = [];
  if (!allowsPrivilegeEscalation(security)) options.push("no-new-privileges");
  if (seccompProfile?.value.type === "Unconfined") options.push("seccomp=unconfined");
  if (seccompProfile?.value.type === "Localhost") {
    account.reject(seccompProfile.path, "profiles of the client's disk are not reachable");
  }
  if (appArmorProfile?.value.type === "Unconfined") options.push("apparmor=unconfined");
  if (appArmorProfile?.value.type === "Localhost") {
    const { localhostProfile } = appArmorProfile.value;
    if (localhostProfile) options.push(`apparmor=${localhostProfile}`);
    else account.reject(appArmorProfile.path, "names no localhostProfile");
  }
  for (const [key, value] of Object.entries(seLinuxOptions?.value ?? {}))
    options.push(`label=${key}:${value}`);
  return options;
}
