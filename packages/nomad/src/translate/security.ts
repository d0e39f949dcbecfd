import type { Container, PodSpec } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

type Fields = Readonly<Record<string, unknown>>;

/** What a container's security settings become: the task's user and the docker driver's options. */
export interface TaskSecurity {
  readonly user?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The container's security context over the pod's, for the docker driver. */
export function taskSecurity(
  spec: PodSpec,
  container: Container,
  path: string,
  account: FieldAccount,
): TaskSecurity {
  const podContext: Fields = spec.securityContext ?? {};
  const context: Fields = { ...podContext, ...container.securityContext };
  const at = `${path}.securityContext`;
  const user = userOf(context, at, account);
  const options = securityOptions(context, at, account);
  const capabilities = context["capabilities"] as { add?: string[]; drop?: string[] } | undefined;
  const groups = [...list(podContext["supplementalGroups"]), ...list(podContext["fsGroup"])].map(String);
  return {
    ...(user === undefined ? {} : { user }),
    config: {
      ...(context["privileged"] === true ? { privileged: true } : {}),
      ...(context["readOnlyRootFilesystem"] === true ? { readonly_rootfs: true } : {}),
      ...(capabilities?.add?.length ? { cap_add: capabilities.add } : {}),
      ...(capabilities?.drop?.length ? { cap_drop: capabilities.drop } : {}),
      ...(groups.length > 0 ? { group_add: groups } : {}),
      ...(options.length > 0 ? { security_opt: options } : {}),
    },
  };
}

function userOf(context: Fields, at: string, account: FieldAccount): string | undefined {
  const user = context["runAsUser"];
  const group = context["runAsGroup"];
  if (context["runAsNonRoot"] === true && (user === undefined || user === 0)) {
    account.reject(`${at}.runAsNonRoot`, "only a runAsUser other than 0 shows it; set runAsUser");
  }
  if (user === undefined) {
    if (group !== undefined) account.reject(`${at}.runAsGroup`, "needs runAsUser beside it");
    return undefined;
  }
  return group === undefined ? String(user) : `${user}:${group}`;
}

function securityOptions(context: Fields, at: string, account: FieldAccount): string[] {
  const options: string[] = [];
  if (context["allowPrivilegeEscalation"] === false) options.push("no-new-privileges");
  const seccomp = context["seccompProfile"] as { type?: string } | undefined;
  if (seccomp?.type === "Unconfined") options.push("seccomp=unconfined");
  if (seccomp?.type === "Localhost") {
    account.reject(`${at}.seccompProfile`, "profiles of the client's disk are not reachable");
  }
  const appArmor = context["appArmorProfile"] as { type?: string; localhostProfile?: string } | undefined;
  if (appArmor?.type === "Unconfined") options.push("apparmor=unconfined");
  if (appArmor?.type === "Localhost") options.push(`apparmor=${appArmor.localhostProfile}`);
  const selinux = (context["seLinuxOptions"] ?? {}) as Readonly<Record<string, string>>;
  for (const [key, value] of Object.entries(selinux)) options.push(`label=${key}:${value}`);
  return options;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
