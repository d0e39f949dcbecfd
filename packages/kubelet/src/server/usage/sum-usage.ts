import type { NodeUsage, PodUsage, ResourceUsage } from "@vkubelet/core";

/** The usage of a pod as a whole: as measured, else the sum of its containers. Undefined when nothing of it is measured. */
export function podTotal({ total, containers }: PodUsage): ResourceUsage | undefined {
  return total ?? sumOf(containers);
}

/** The usage of a node: as measured, else the sum of its pods. */
export function nodeTotal({ total, pods }: NodeUsage): ResourceUsage | undefined {
  return total ?? sumOf(pods.flatMap((pod) => podTotal(pod) ?? []));
}

/** What only some of them tell is the sum of those; the time is that of the oldest, so that nothing is told too early. */
function sumOf(usages: readonly ResourceUsage[]): ResourceUsage | undefined {
  if (usages.length === 0) return undefined;
  const sum = (key: "cpuSeconds" | "workingSetBytes" | "memoryBytes" | "residentBytes" | "swapBytes") => {
    const values = usages.flatMap((usage) => usage[key] ?? []);
    return values.length === 0 ? {} : { [key]: values.reduce((a, b) => a + b, 0) };
  };
  return {
    at: Math.min(...usages.map(({ at }) => at)),
    ...sum("cpuSeconds"),
    ...sum("workingSetBytes"),
    ...sum("memoryBytes"),
    ...sum("residentBytes"),
    ...sum("swapBytes"),
  };
}
