import type { Clock, Pod } from "@vkubelet/core";
import { isCriticalPod, type PodVerdict, shutdownVerdict } from "@vkubelet/pod";

/** How the pods of a node are ended before its kubelet stops, as the kubelet does when its machine goes down. */
export interface PodDrainSettings {
  /** Seconds for all pods together. Each gets its own grace period, or what is left if that is less. */
  readonly graceSeconds: number;
  /** Of these, seconds that are kept for critical pods, which are ended after all others; 0 by default. */
  readonly criticalSeconds?: number | undefined;
}

/** A pod as a drain sees it. */
export interface DrainedPod {
  readonly pod: Pod;
  /** Ends the pod for this reason. */
  end(verdict: PodVerdict): void;
  isOver(): boolean;
}

const lookMs = 250;
/** After the grace of a phase the backend may still take its time to report the ends. */
const reportMs = 5_000;

/**
 * Ends pods in the kubelet's two phases (pkg/kubelet/nodeshutdown; pod-semantics Y3): all but critical ones first, then
 * these. Answers the pods that were not over in time; they go on to end at the backend.
 */
export async function drainPods(
  pods: readonly DrainedPod[],
  { graceSeconds, criticalSeconds = 0 }: PodDrainSettings,
  clock: Clock,
): Promise<readonly Pod[]> {
  const isCritical = ({ pod }: DrainedPod) => isCriticalPod(pod);
  const phases = [
    { pods: pods.filter((pod) => !isCritical(pod)), seconds: Math.max(0, graceSeconds - criticalSeconds) },
    { pods: pods.filter(isCritical), seconds: Math.min(graceSeconds, criticalSeconds) },
  ];
  for (const phase of phases) {
    for (const { pod, end } of phase.pods) end(shutdownVerdict(pod, phase.seconds));
    const until = clock.monotonic() + phase.seconds * 1_000 + reportMs;
    while (phase.pods.some((pod) => !pod.isOver()) && clock.monotonic() < until) await clock.sleep(lookMs);
  }
  return pods.filter((pod) => !pod.isOver()).map(({ pod }) => pod);
}
