import type { KubeObject } from "../../api/objects.ts";

const indexKey = "batch.kubernetes.io/job-completion-index";
const longestNamePrefix = 58;

/** The completion index of an Indexed Job's pod. */
export function completionIndex(pod: KubeObject): number | undefined {
  const text = pod.metadata.annotations?.[indexKey];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Gives a new pod its completion index: annotation, label, host name and environment. */
export function indexedPod(pod: KubeObject, jobName: string, index: number): void {
  pod.metadata.annotations = { ...pod.metadata.annotations, [indexKey]: String(index) };
  pod.metadata.labels = { ...pod.metadata.labels, [indexKey]: String(index) };
  const ending = `-${index}-`;
  pod.metadata.generateName = jobName.slice(0, longestNamePrefix - ending.length) + ending;
  pod.spec.hostname = `${jobName}-${index}`;
  const variable = {
    name: "JOB_COMPLETION_INDEX",
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexKey}']` } },
  };
  for (const container of [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])]) {
    if (container.env?.some(({ name }: { name: string }) => name === variable.name)) continue;
    container.env = [...(container.env ?? []), variable];
  }
}

/** `0-2,5` as numbers below `limit`. */
export function parseIndexes(
  text: string | undefined,
  limit: number = Number.POSITIVE_INFINITY,
): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? "").split(",").filter(Boolean)) {
    const [first = 0, last = first] = part.split("-").map(Number);
    for (let index = first; index <= last && index < limit; index += 1) indexes.add(index);
  }
  return indexes;
}

/** Numbers as `0-2,5`; two neighbours are written `3,4`. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((left, right) => left - right);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs
    .map(([first, last]) =>
      first === last ? String(first) : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(",");
}
