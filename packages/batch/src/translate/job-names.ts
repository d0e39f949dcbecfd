import { contentHash, uidKey } from "@vkubelet/aws/translate";
import type { PodRef } from "@vkubelet/core";

/**
 * Names of jobs: `vk-<node>-<uid>-<attempt>`. SubmitJob knows no idempotency token, so the name is what a lost job is
 * found by. Lower case throughout, since Batch compares names without regard to case.
 */
export function jobName(nodeName: string, ref: PodRef, attempt: number): string {
  return `${podJobsPrefix(nodeName, ref.uid)}${attempt}`;
}

/** What the names of all runs of one pod begin with. */
export function podJobsPrefix(nodeName: string, uid: string): string {
  return `${nodeJobsPrefix(nodeName)}${uidKey(uid)}-`;
}

/** What the names of all jobs of one node begin with. */
export function nodeJobsPrefix(nodeName: string): string {
  return `vk-${contentHash(nodeName, 8)}-`;
}

/** Keys of job parameters that carry a run's identity: unlike tags they need no permission of their own. */
const keys = {
  namespace: "vkubelet_namespace",
  name: "vkubelet_name",
  uid: "vkubelet_uid",
  attempt: "vkubelet_attempt",
  container: "vkubelet_container",
} as const;

/** A text that Batch would replace by one of our parameters. */
export const parameterReference: RegExp = /Ref::vkubelet_/;

/** The identity of a run as job parameters. `container` names the only one, for which Batch keeps no name. */
export function identityParameters(
  ref: PodRef,
  attempt: number,
  container: string,
): Readonly<Record<string, string>> {
  return {
    [keys.namespace]: ref.namespace,
    [keys.name]: ref.name,
    [keys.uid]: ref.uid,
    [keys.attempt]: String(attempt),
    [keys.container]: container,
  };
}

/** What {@link identityParameters} wrote; undefined when any part is missing or malformed. */
export function readIdentityParameters(
  parameters: Readonly<Record<string, string>> | undefined,
): { readonly ref: PodRef; readonly attempt: number; readonly container: string } | undefined {
  const namespace = parameters?.[keys.namespace];
  const name = parameters?.[keys.name];
  const uid = parameters?.[keys.uid];
  const attempt = parameters?.[keys.attempt];
  const container = parameters?.[keys.container];
  if (!namespace || !name || !uid || !container || !/^\d{1,9}$/.test(attempt ?? "")) return undefined;
  return { ref: { namespace, name, uid }, attempt: Number(attempt), container };
}
