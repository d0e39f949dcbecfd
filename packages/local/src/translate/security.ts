import type { Container, Pod } from "@vkubelet/core";
import {
  allowsPrivilegeEscalation,
  type EffectiveSecurity,
  effectiveSecurity,
  type FieldAccount,
  runAsNonRootVerdict,
} from "@vkubelet/pod";
import { boundingSet, capabilityName, knownCapabilities } from "./capabilities.ts";
import type { LocalHost, PlannedSecurity, ProcessPlan } from "./process-plan.ts";

/** As whom a container runs; undefined where every process is what the kubelet is, which the table accounts for. */
export function planSecurity(
  pod: Pod,
  name: string,
  path: string,
  host: LocalHost,
  account: FieldAccount,
  imageUser: string | undefined,
): PlannedSecurity | undefined {
  const container = containersOf(pod).find((one) => one.name === name);
  if (host.users === "own" || container === undefined) return undefined;
  const security = effectiveSecurity(pod, container, path);
  checkNonRoot(pod, container, security, account, imageUser);
  checkCapabilities(security, account);
  const capabilities = security.privileged?.value
    ? undefined
    : boundingSet(security.capabilities?.value ?? { add: [], drop: [] });
  const groups = [
    ...(security.fsGroup === undefined ? [] : [security.fsGroup.value]),
    ...(security.supplementalGroups?.value ?? []),
  ];
  return {
    ...(security.runAsUser === undefined ? {} : { user: security.runAsUser.value }),
    ...(imageUser === undefined ? {} : { imageUser }),
    ...(security.runAsGroup === undefined ? {} : { group: security.runAsGroup.value }),
    groups,
    mergeGroups: security.supplementalGroupsPolicy?.value !== "Strict",
    ...(capabilities === undefined ? {} : { capabilities }),
    noNewPrivileges: !allowsPrivilegeEscalation(security),
  };
}

/** Whom the files of a pod's volumes belong to. */
export function planOwnership(pod: Pod, host: LocalHost): Pick<ProcessPlan, "fileGroup" | "tokenUser"> {
  if (host.users === "own") return {};
  const securities = containersOf(pod).map((container) => effectiveSecurity(pod, container, container.name));
  const users = new Set(securities.map(({ runAsUser }) => runAsUser?.value));
  const [common] = users;
  const fsGroup = securities[0]?.fsGroup?.value;
  return {
    ...(fsGroup === undefined ? {} : { fileGroup: fsGroup }),
    ...(users.size === 1 && common !== undefined ? { tokenUser: common } : {}),
  };
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** Without an image that names a user it is root. */
function checkNonRoot(
  pod: Pod,
  container: Container,
  { runAsNonRoot }: EffectiveSecurity,
  account: FieldAccount,
  imageUser: string | undefined,
): void {
  if (runAsNonRoot === undefined) return;
  const verdict = runAsNonRootVerdict(pod, container, imageUser ?? "0");
  if (verdict.type !== "refused") return;
  account.reject(
    runAsNonRoot.path,
    imageUser === undefined
      ? "would run as root: there is no image that names another user; set runAsUser to one other than 0"
      : `${verdict.message}; set runAsUser to one other than 0`,
    "it runs all the same",
  );
}

function checkCapabilities({ capabilities }: EffectiveSecurity, account: FieldAccount): void {
  if (capabilities === undefined) return;
  for (const field of ["add", "drop"] as const) {
    for (const [index, name] of capabilities.value[field].entries()) {
      const known = capabilityName(name);
      if (known === "all" || knownCapabilities.includes(known)) continue;
      account.reject(
        `${capabilities.path}.${field}[${index}]`,
        `${name} is no capability of Linux; write it as NET_ADMIN`,
      );
    }
  }
}
