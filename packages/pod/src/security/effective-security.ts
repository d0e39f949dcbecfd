import type { Container, Pod } from "@vkubelet/core";
import {
  annotatedAppArmorProfile,
  type Capabilities,
  capabilitiesValue,
  groupsValue,
  profileValue,
  type SecurityProfile,
  type SeLinuxOptions,
  seLinuxValue,
  sysctlsValue,
} from "./security-profiles.ts";
import {
  type Effective,
  numberValue,
  objectValue,
  type ReadValue,
  textValue,
  truthValue,
} from "./security-value.ts";

/** What a container's security settings come to, each with the place from which it came. What nobody set is absent. */
export interface EffectiveSecurity {
  readonly runAsUser?: Effective<number>;
  readonly runAsGroup?: Effective<number>;
  readonly runAsNonRoot?: Effective<boolean>;
  readonly seLinuxOptions?: Effective<SeLinuxOptions>;
  /** Absent: the runtime's own default, which is no profile unless the node says otherwise. */
  readonly seccompProfile?: Effective<SecurityProfile>;
  readonly appArmorProfile?: Effective<SecurityProfile>;
  readonly windowsOptions: EffectiveWindowsOptions;
  /** From here to procMount only a container can set it. */
  readonly capabilities?: Effective<Capabilities>;
  readonly privileged?: Effective<boolean>;
  readonly readOnlyRootFilesystem?: Effective<boolean>;
  /** As written; see {@link allowsPrivilegeEscalation}. */
  readonly allowPrivilegeEscalation?: Effective<boolean>;
  /** `Default` or `Unmasked`. */
  readonly procMount?: Effective<string>;
  /** From here on only a pod can set it. */
  readonly fsGroup?: Effective<number>;
  readonly fsGroupChangePolicy?: Effective<string>;
  readonly supplementalGroups?: Effective<readonly number[]>;
  readonly supplementalGroupsPolicy?: Effective<string>;
  readonly seLinuxChangePolicy?: Effective<string>;
  readonly sysctls?: Effective<readonly { readonly name: string; readonly value: string }[]>;
}

/** Merged field by field, but for the two of GMSA, which go hand in hand. */
export interface EffectiveWindowsOptions {
  readonly gmsaCredentialSpecName?: Effective<string>;
  readonly gmsaCredentialSpec?: Effective<string>;
  readonly runAsUserName?: Effective<string>;
  readonly hostProcess?: Effective<boolean>;
}

/** One context that a user wrote. */
interface Written {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/**
 * The security context of one container (U6): every field of the container's own, else the pod's, as the kubelet
 * merges them (`DetermineEffectiveSecurityContext`, `getSeccompProfile`, `apparmor.GetProfile`). `path` is the container's
 * place, such as `spec.containers[0]`. Objects are taken whole, only windowsOptions are merged within.
 * Throws `InvalidInput`, naming the field, for a value of another kind than the API has there.
 */
export function effectiveSecurity(pod: Pod, container: Container, path: string): EffectiveSecurity {
  const ofPod: Written = { fields: pod.spec?.securityContext ?? {}, path: "spec.securityContext" };
  const own: Written = { fields: container.securityContext ?? {}, path: `${path}.securityContext` };
  const both = [own, ofPod];
  const appArmorProfile =
    first("appArmorProfile", [own], profileValue).appArmorProfile ??
    annotatedAppArmorProfile(pod, container.name) ??
    first("appArmorProfile", [ofPod], profileValue).appArmorProfile;
  return {
    ...first("runAsUser", both, numberValue),
    ...first("runAsGroup", both, numberValue),
    ...first("runAsNonRoot", both, truthValue),
    ...first("seLinuxOptions", both, seLinuxValue),
    ...first("seccompProfile", both, profileValue),
    ...(appArmorProfile && { appArmorProfile }),
    windowsOptions: windowsOptions(both),
    ...first("capabilities", [own], capabilitiesValue),
    ...first("privileged", [own], truthValue),
    ...first("readOnlyRootFilesystem", [own], truthValue),
    ...first("allowPrivilegeEscalation", [own], truthValue),
    ...first("procMount", [own], textValue),
    ...first("fsGroup", [ofPod], numberValue),
    ...first("fsGroupChangePolicy", [ofPod], textValue),
    ...first("supplementalGroups", [ofPod], groupsValue),
    ...first("supplementalGroupsPolicy", [ofPod], textValue),
    ...first("seLinuxChangePolicy", [ofPod], textValue),
    ...first("sysctls", [ofPod], sysctlsValue),
  };
}

/**
 * Whether a process may gain more privileges than its parent: what is written, else yes; always yes for a container that
 * is privileged or has CAP_SYS_ADMIN, as the API documents. A runtime sets no_new_privs where this is false.
 */
export function allowsPrivilegeEscalation(security: EffectiveSecurity): boolean {
  const added = security.capabilities?.value.add ?? [];
  const isAdministrator = added.some((name) => name === "SYS_ADMIN" || name === "CAP_SYS_ADMIN");
  if (security.privileged?.value || isAdministrator) return true;
  return security.allowPrivilegeEscalation?.value ?? true;
}

function windowsOptions(both: readonly Written[]): EffectiveWindowsOptions {
  const options = both
    .filter(({ fields }) => isWritten(fields["windowsOptions"]))
    .map((context) => {
      const path = `${context.path}.windowsOptions`;
      return objectValue((fields): Written => ({ fields, path }))(context.fields["windowsOptions"], path);
    });
  const gmsa = options.find(
    ({ fields }) => isWritten(fields["gmsaCredentialSpecName"]) || isWritten(fields["gmsaCredentialSpec"]),
  );
  const ofGmsa = gmsa ? [gmsa] : [];
  return {
    ...first("gmsaCredentialSpecName", ofGmsa, textValue),
    ...first("gmsaCredentialSpec", ofGmsa, textValue),
    ...first("runAsUserName", options, textValue),
    ...first("hostProcess", options, truthValue),
  };
}

/** The field of the first context that has it, as an object to be spread: empty where none has. */
function first<Name extends string, Value>(
  name: Name,
  contexts: readonly Written[],
  read: ReadValue<Value>,
): { readonly [Field in Name]?: Effective<Value> } {
  const found = contexts.find(({ fields }) => isWritten(fields[name]));
  if (!found) return {};
  const path = `${found.path}.${name}`;
  const effective: Effective<Value> = { value: read(found.fields[name], path), path };
  return { [name]: effective } as { readonly [Field in Name]?: Effective<Value> };
}

function isWritten(value: unknown): boolean {
  return value !== undefined && value !== null;
}
