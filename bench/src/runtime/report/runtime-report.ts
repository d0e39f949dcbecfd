import { availableParallelism } from "node:os";
import { markdownTable } from "../../markdown-table.ts";
import { median } from "../../translation/measure.ts";
import type { SubjectResult } from "../parts/part-result.ts";

type Figure = (result: SubjectResult) => number | undefined;

/** A line of the table: its name, its figure, and how many digits of it say something. */
const lines: readonly (readonly [name: string, figure: Figure, digits: number])[] = [
  ["bound to Running, pods/s", ({ burst }) => burst.perSecond, 0],
  ["bound to Running, p50 in ms", ({ burst }) => burst.p50Ms, 0],
  ["bound to Running, p99 in ms", ({ burst }) => burst.p99Ms, 0],
  ["deleted, pods/s", ({ deletion }) => deletion.perSecond, 0],
  ["all ended at once, pods/s", ({ storm }) => storm?.perSecond, 0],
  [
    "writes to a pod in its life",
    ({ burst, deletion }) => burst.podWritesPerPod + deletion.podWritesPerPod,
    2,
  ],
  ["CPU s for 1,000 pods started", ({ burst }) => burst.cpuSecondsPerThousand, 2],
  ["CPU s for 1,000 pods deleted", ({ deletion }) => deletion.cpuSecondsPerThousand, 2],
  ["memory with all pods running, MiB", ({ burst }) => burst.rssMiB, 0],
  ["idle, CPU s a minute", ({ idle }) => idle?.cpuSecondsPerMinute, 2],
  ["restart until ready, s", ({ restart }) => restart?.readySeconds, 1],
  ["restart, writes to pods", ({ restart }) => restart?.podWrites, 0],
  ["restart, repeated creates", ({ restart }) => restart?.repeatedCreates, 0],
];

/** A table for each number of pods; of several rounds the middle figure. */
export function runtimeReport(results: readonly SubjectResult[]): string {
  const machine = `${availableParallelism()} cores for everything, Node ${process.versions.node.split(".")[0]}.\n`;
  const sizes = [...new Set(results.map(({ pods }) => pods))];
  const tables = sizes.map((pods) => tableOf(results.filter((result) => result.pods === pods)));
  return [machine, ...tables].join("\n");
}

function tableOf(results: readonly SubjectResult[]): string {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const cell = (subject: string, figure: Figure, digits: number) => {
    const values = results.filter((result) => result.subject === subject).map(figure);
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? "" : median(known).toFixed(digits);
  };
  return markdownTable([
    [`${results[0]?.pods} pods`, ...subjects],
    ...lines.map(([name, figure, digits]) => [
      name,
      ...subjects.map((subject) => cell(subject, figure, digits)),
    ]),
  ]);
}
