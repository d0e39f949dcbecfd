import { type FargateSize, fargateSizeFor, podNeeds } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/** Storage that every task has at no cost, and the most it can have (GiB). */
const ephemeral = { included: 20n, highest: 200n } as const;

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
  if (needs.ephemeralGiB > ephemeral.highest) {
    account.reject(
      "spec.containers",
      `need ${needs.ephemeralGiB} GiB of ephemeral storage together; Fargate gives at most 200`,
    );
  }
  if (size === undefined) return undefined;
  return needs.ephemeralGiB > ephemeral.included
    ? { ...size, ephemeralGiB: Math.max(21, Number(needs.ephemeralGiB)) }
    : size;
}
