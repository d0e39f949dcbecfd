import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import type { LocatedContainer } from "./spec-paths.ts";

/** What AWS can honour of a container's security context, pod-level values merged in. */
export interface ContainerSecurity {
  /** `uid` or `uid:gid`. */
  readonly user?: string;
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
}

interface WrittenSecurity {
  readonly runAsUser?: unknown;
  readonly runAsGroup?: unknown;
  readonly runAsNonRoot?: unknown;
  readonly readOnlyRootFilesystem?: unknown;
  readonly privileged?: unknown;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

/** Merges the security contexts of pod and container (container wins) and names what cannot be kept. */
export function containerSecurity(
  pod: ResolvedPod,
  located: LocatedContainer,
  account: FieldAccount,
): ContainerSecurity {
  const ofPod: WrittenSecurity = pod.pod.spec?.securityContext ?? {};
  const ofContainer: WrittenSecurity = located.written.securityContext ?? {};
  const owner = (field: keyof WrittenSecurity) =>
    `${ofContainer[field] === undefined ? "spec" : located.path}.securityContext.${field}`;
  const user = ofContainer.runAsUser ?? ofPod.runAsUser;
  const group = ofContainer.runAsGroup ?? ofPod.runAsGroup;
  const nonRoot = ofContainer.runAsNonRoot ?? ofPod.runAsNonRoot;
  if (group !== undefined && user === undefined) {
    account.reject(owner("runAsGroup"), "a group cannot be set without a user: set runAsUser too");
  }
  if (nonRoot === true && (user === undefined || user === 0)) {
    account.reject(
      owner("runAsNonRoot"),
      "cannot be checked without reading the image: set runAsUser to a user other than 0",
    );
  }
  return {
    ...(typeof user === "number" ? { user: group === undefined ? `${user}` : `${user}:${group}` } : {}),
    ...(ofContainer.readOnlyRootFilesystem === true ? { readOnlyRootFilesystem: true } : {}),
    ...(ofContainer.privileged === true ? { privileged: true } : {}),
    addCapabilities: ofContainer.capabilities?.add ?? [],
    dropCapabilities: ofContainer.capabilities?.drop ?? [],
  };
}
