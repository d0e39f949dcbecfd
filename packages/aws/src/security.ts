import type { ResolvedPod } from "@vkubelet/core";
import { effectiveSecurity, type FieldAccount, runAsNonRootVerdict } from "@vkubelet/pod";
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

/** Merges the security contexts of pod and container and names what cannot be kept. */
export function containerSecurity(
  { pod }: ResolvedPod,
  { written, path }: LocatedContainer,
  account: FieldAccount,
): ContainerSecurity {
  const security = effectiveSecurity(pod, written, path);
  const { runAsUser, runAsGroup, runAsNonRoot, capabilities } = security;
  if (runAsGroup && !runAsUser) {
    account.reject(runAsGroup.path, "a group cannot be set without a user: set runAsUser too");
  }
  const verdict = runAsNonRootVerdict(pod, written);
  if (runAsNonRoot && verdict.type === "refused") account.reject(runAsNonRoot.path, verdict.message);
  if (runAsNonRoot && verdict.type === "unknown") {
    account.reject(
      runAsNonRoot.path,
      "cannot be checked without reading the image: set runAsUser to a user other than 0",
      "not checked: the image's own user runs it",
    );
  }
  const ids = [runAsUser, runAsGroup].flatMap((id) => (id ? [id.value] : []));
  return {
    ...(runAsUser && { user: ids.join(":") }),
    ...(security.readOnlyRootFilesystem?.value && { readOnlyRootFilesystem: true }),
    ...(security.privileged?.value && { privileged: true }),
    addCapabilities: capabilities?.value.add ?? [],
    dropCapabilities: capabilities?.value.drop ?? [],
  };
}
