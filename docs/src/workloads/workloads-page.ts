import type { Disposition } from "@vkubelet/core";
import { acceptAnnotation } from "@vkubelet/pod";
import { type Configuration, configurations, variants } from "../configurations.ts";
import { table } from "../markdown-table.ts";
import { isService, type Outcome, type OutcomeKind, outcomesOf } from "./outcomes.ts";
import type { Workload, WorkloadSource } from "./read-workloads.ts";

/** Reasons that are shown for each backend. */
const shownReasons = 12;
/** Among the sources of the repository's own documentation: where the page stands. */
export const workloadsPagePath = "docs/workloads-report.md";

/** The page about what becomes of a collection of workloads. The same for the same workloads. */
export function workloadsPage(workloads: readonly Workload[], sources: readonly WorkloadSource[]): string {
  const services = workloads.filter(isService).length;
  return `${[
    "# How real workloads fare",
    "<!-- Written by docs/src/write-workloads-report.mjs; the test e2e/src/corpus.test.ts keeps it true. -->",
    `${workloads.length} pods, Jobs, Deployments and the like, as they stand in public repositories: ${sources
      .map(({ repository, commit, files }) => `${files} of \`${repository}\` at \`${commit.slice(0, 12)}\``)
      .join(", ")}. ${services} are service pods (\`restartPolicy: Always\`), ${
      workloads.length - services
    } are batch pods. Each is made as its controller would make it, with all defaults and the service account's token volume, and translated as it is, without a change for any backend. ConfigMaps and Secrets that the manifests name stand in by their names. ${
      workloads.filter(({ flaws }) => flaws.length > 0).length
    } manifests are patches that a server would refuse, most of them without an image; they count like the others.`,
    "A pod is _exact_ when every field does what it does in Kubernetes, _approximated_ when something does less and the report says what, and _rejected_ when a field cannot be honoured. No pod is exact where the default token volume is rewritten, left out or put into a process; that alone is an approximation.",
    "## Outcomes",
    outcomeTable(configurations, workloads),
    "With the annotation [`vkubelet.io/accept-approximations`](translate-pods.md#accept-less) for all fields, rejected pods that become approximated are in the last two columns.",
    "## What options change",
    outcomeTable(variants, workloads),
    ...configurations.map((configuration) => reasonsOf(configuration, workloads)),
  ].join("\n\n")}\n`;
}

/** One row of the page's tables, which the test compares with what the translators say. */
export function outcomeRow(configuration: Configuration, workloads: readonly Workload[]): readonly string[] {
  const outcomes = outcomesOf(configuration, workloads);
  const services = outcomes.filter(({ workload }) => isService(workload));
  const batches = outcomes.filter(({ workload }) => !isService(workload));
  const counts = [services, batches].flatMap((group) =>
    (["exact", "approximated", "rejected"] as const).map((kind) => String(countOf(group, kind))),
  );
  const accepted = [services, batches].map((group) =>
    String(group.filter(({ kind, accepting }) => kind === "rejected" && accepting !== "rejected").length),
  );
  return [configuration.name, configuration.options, ...counts, ...accepted];
}

const outcomeHead = [
  "backend",
  "options",
  "service: exact",
  "approximated",
  "rejected",
  "batch: exact",
  "approximated",
  "rejected",
  "service: accepted",
  "batch: accepted",
];

function outcomeTable(list: readonly Configuration[], workloads: readonly Workload[]): string {
  return table(
    outcomeHead,
    list.map((configuration) => outcomeRow(configuration, workloads)),
  );
}

function countOf(outcomes: readonly Outcome[], wanted: OutcomeKind): number {
  return outcomes.filter(({ kind }) => kind === wanted).length;
}

function reasonsOf(configuration: Configuration, workloads: readonly Workload[]): string {
  const outcomes = outcomesOf(configuration, workloads);
  const parts = [`## ${configuration.name}: the commonest reasons`];
  for (const [disposition, title] of [
    ["reject", "Rejected"],
    ["approx", "Approximated"],
  ] as const) {
    const reasons = commonReasons(outcomes, disposition);
    if (reasons.length === 0) continue;
    const shown = reasons.slice(0, shownReasons);
    const left = reasons.length - shown.length;
    parts.push(
      table(
        ["pods", `${title.toLowerCase()}`, "reason"],
        shown.map(({ pods, path, reason }) => [String(pods), `\`${path}\``, withoutAdvice(reason)]),
      ),
    );
    if (left > 0) parts.push(`${left} more of them, each rarer.`);
  }
  return parts.join("\n\n");
}

/** How many pods each pair of field and reason concerns, the commonest first. */
function commonReasons(outcomes: readonly Outcome[], wanted: Disposition) {
  const found = new Map<string, { readonly path: string; readonly reason: string; pods: number }>();
  for (const { report } of outcomes) {
    const seen = new Set<string>();
    for (const { path, disposition, reason } of report.entries) {
      if (disposition !== wanted) continue;
      const pattern = path.replace(/\[\d+\]/g, "[]").replace("spec.initContainers", "spec.containers");
      const key = JSON.stringify([pattern, reason]);
      if (seen.has(key)) continue;
      seen.add(key);
      const known = found.get(key) ?? { path: pattern, reason, pods: 0 };
      known.pods += 1;
      found.set(key, known);
    }
  }
  return [...found.values()].sort((left, right) => right.pods - left.pods || compare(left.path, right.path));
}

/** The page says once which annotation accepts the weaker results. */
function withoutAdvice(reason: string): string {
  return reason.replace(`(annotation ${acceptAnnotation} accepts: `, "(may be accepted: ");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
