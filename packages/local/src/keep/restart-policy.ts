import type { PlannedContainer } from "../translate/process-plan.ts";

/**
 * Whether an ended container is to run again. Rules of the container come first, the first match wins; an end that
 * nobody saw (`lost`) is decided by the policy alone.
 */
export function restarts(container: PlannedContainer, exitCode: number, lost: boolean): boolean {
  if (container.kind === "sidecar") return true;
  if (!lost) {
    const match = container.restartPolicyRules.find(({ exitCodes }) => {
      if (exitCodes === undefined) return false;
      const listed = exitCodes.values?.includes(exitCode) ?? false;
      return exitCodes.operator === "In" ? listed : !listed;
    });
    if (match?.action === "Restart") return true;
  }
  if (container.restartPolicy === "Never") return false;
  if (container.restartPolicy === "OnFailure" || container.kind === "init") return exitCode !== 0;
  return true;
}
