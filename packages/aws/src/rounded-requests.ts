import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import type { PodNeeds } from "./resources.ts";
import { locateContainers } from "./spec-paths.ts";

/** An amount in the units of AWS: what was asked for, and what is there. */
interface Amounts {
  readonly cpu: readonly [asked: bigint, given: bigint];
  readonly memory: readonly [asked: bigint, given: bigint];
  readonly "ephemeral-storage": readonly [asked: bigint, given: bigint];
}

const units: Readonly<Record<keyof Amounts, { readonly word: string; readonly unit: string }>> = {
  cpu: { word: "CPU", unit: "m" },
  memory: { word: "memory", unit: " MiB" },
  "ephemeral-storage": { word: "storage", unit: " GiB" },
};

/** Fargate: 1024 CPU units are a core, and 20 GiB of storage are always there. */
export interface GivenTask {
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly ephemeralGiB?: number | undefined;
}

/** Storage that every task on Fargate has at no cost, in GiB. */
export const includedStorage = 20n;

/** CPU units as thousandths of a core. */
export function milliOf(cpuUnits: number): bigint {
  return (BigInt(cpuUnits) * 1000n) / 1024n;
}

/** Notes, at each request that counts for it, which numbers of the whole task are rounded up. */
export function noteRoundedTask(
  pod: ResolvedPod,
  needs: PodNeeds,
  given: GivenTask,
  account: FieldAccount,
): void {
  const amounts: Amounts = {
    cpu: [needs.milliCpu, milliOf(given.cpu)],
    memory: [needs.memoryMiB, BigInt(given.memory)],
    "ephemeral-storage": [needs.ephemeralGiB, BigInt(given.ephemeralGiB ?? includedStorage)],
  };
  for (const name of Object.keys(units) as (keyof Amounts)[]) {
    const { word, unit } = units[name];
    const [asked, there] = amounts[name];
    if (asked === there) continue;
    for (const path of requestPaths(pod, name)) {
      account.approximate(path, `the task's ${word} is rounded up from ${asked}${unit} to ${there}${unit}`);
    }
  }
}

/** Where the pod itself and its containers ask for a resource, as it is written. */
function requestPaths(pod: ResolvedPod, name: string): readonly string[] {
  const written = [
    { path: "spec", resources: pod.pod.spec?.resources },
    ...locateContainers(pod).map(({ path, written }) => ({ path, resources: written.resources })),
  ];
  return written.flatMap(({ path, resources }) =>
    resources?.requests?.[name] === undefined ? [] : [`${path}.resources.requests.${name}`],
  );
}
