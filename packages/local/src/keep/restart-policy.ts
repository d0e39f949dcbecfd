import type { Container } from "@vkubelet/core";
import { containerRestartable, unknownEndRestartable } from "@vkubelet/pod";
import type { PlannedContainer } from "../translate/process-plan.ts";

/**
 * Whether an ended container is to run again, by the kubelet's rules. A plan holds the policy that counts, so the pod
 * around the container has nothing to add. An end that nobody saw (`lost`) is decided by the policy alone.
 */
export function restarts(planned: PlannedContainer, exitCode: number, lost: boolean): boolean {
  const container: Container = {
    name: planned.name,
    restartPolicy: planned.kind === "sidecar" ? "Always" : planned.restartPolicy,
    restartPolicyRules: planned.restartPolicyRules,
  };
  const spec =
    planned.kind === "main" ? { containers: [container] } : { containers: [], initContainers: [container] };
  return lost ? unknownEndRestartable(spec, container) : containerRestartable(spec, container, exitCode);
}
