/**
 * What the reason texts of ECS tasks and containers mean in Kubernetes' words. Batch passes the same texts on. The
 * texts are not an interface of AWS, so they are matched by substring and nothing is concluded from an unknown one.
 */
const startFailures: readonly (readonly [text: string, reason: string])[] = [
  ["CannotPullContainer", "ErrImagePull"],
  ["CannotPullImage", "ErrImagePull"],
  ["ResourceInitializationError", "CreateContainerConfigError"],
  ["CannotCreateContainerError", "CreateContainerError"],
  ["CannotStartContainerError", "RunContainerError"],
  ["CannotInspectContainerError", "RunContainerError"],
  ["Timeout waiting for", "FailedCreatePodSandBox"],
];

/** The kubelet's reason for a container or task that never ran; undefined when the text says nothing known. */
export function startFailureReason(text: string | undefined): string | undefined {
  return text === undefined ? undefined : startFailures.find(([part]) => text.includes(part))?.[1];
}

/** Whether a container was killed for its memory. */
export function isOutOfMemory(text: string | undefined): boolean {
  return text?.startsWith("OutOfMemory") ?? false;
}

const disruptions: readonly (readonly [text: string, reason: string])[] = [
  ["Your Spot Task was interrupted", "SpotInterruption"],
  ["Host EC2", "InstanceTerminated"],
  ["performing maintenance", "InfrastructureMaintenance"],
];

/** The reason when something was taken away by AWS, not ended by itself. */
export function disruptionReason(text: string | undefined): string | undefined {
  return text === undefined ? undefined : disruptions.find(([part]) => text.includes(part))?.[1];
}
