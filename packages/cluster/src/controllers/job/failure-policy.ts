import type { Json, KubeObject } from "../../api/objects.ts";

/** What the pod failure policy of a Job says about one failed pod. */
export interface FailureVerdict {
  readonly action: "Ignore" | "FailIndex" | "FailJob" | "Count";
  /** Whether the failure counts towards the limits. */
  readonly counts: boolean;
  /** Why the Job fails; only with `FailJob`. */
  readonly message?: string;
}

const counted: FailureVerdict = { action: "Count", counts: true };

function failedContainer(pod: KubeObject, requirement: Json): Json {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.find((status) => {
    const exitCode = status.state?.terminated?.exitCode;
    if (!exitCode) return false;
    if (requirement.containerName !== undefined && requirement.containerName !== status.name) return false;
    return requirement.values.includes(exitCode) === (requirement.operator === "In");
  });
}

function matchedCondition(pod: KubeObject, patterns: readonly Json[]): Json {
  return (pod.status?.conditions ?? []).find((condition: Json) =>
    patterns.some(({ type, status = "True" }) => condition.type === type && condition.status === status),
  );
}

/** How a rule fits a pod, in the words of the Job's message; undefined when it does not. */
function matchRule(rule: Json, index: number, pod: KubeObject): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (rule.onExitCodes) {
    const status = failedContainer(pod, rule.onExitCodes);
    if (!status) return undefined;
    const { exitCode } = status.state.terminated;
    return `Container ${status.name} for pod ${name} failed with exit code ${exitCode} matching ${rule.action} rule at index ${index}`;
  }
  const condition = matchedCondition(pod, rule.onPodConditions ?? []);
  return (
    condition && `Pod ${name} has condition ${condition.type} matching ${rule.action} rule at index ${index}`
  );
}

/** The verdict of the first rule that fits a failed pod; without a policy or a fitting rule the failure counts. */
export function judgeFailure(job: KubeObject, pod: KubeObject): FailureVerdict {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const message = matchRule(rule, index, pod);
    if (message === undefined) continue;
    if (rule.action === "FailJob") return { action: "FailJob", counts: true, message };
    return { action: rule.action, counts: rule.action !== "Ignore" };
  }
  return counted;
}
