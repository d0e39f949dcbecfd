import {
  type FargateSize,
  fargateSizeFor,
  includedStorage,
  noteRoundedTask,
  podNeeds,
} from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/** The most storage that a task can have (GiB). */
const highestStorage = 200n;

export interface TaskSize extends FargateSize {
  /** Absent when the included 20 GiB are enough. */
  readonly ephemeralGiB?: number;
}

/** The smallest task that holds the pod (rule E8); undefined, with an issue, when none does. */
export function taskSize(pod: ResolvedPod, account: FieldAccount): TaskSize | undefined {
  const needs = podNeeds(pod);
  const size = fargateSizeFor(needs.milliCpu, needs.memoryMiB);
  if (size === undefined) {
    account.reject(
      "spec.containers",
      `need ${needs.milliCpu}m CPU and ${needs.memoryMiB} MiB together; the largest Fargate task has 32 cores and 249856 MiB`,
    );
  }
  if (needs.ephemeralGiB > highestStorage) {
    account.reject(
      "spec.containers",
      `need ${needs.ephemeralGiB} GiB of ephemeral storage together; Fargate gives at most 200`,
    );
  }
  if (size === undefined) return undefined;
  const given =
    needs.ephemeralGiB > includedStorage ? { ...size, ephemeralGiB: Number(needs.ephemeralGiB) } : size;
  noteRoundedTask(pod, needs, given, account);
  return given;
}
