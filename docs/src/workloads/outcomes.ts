import type { Pod, TranslationReport } from "@vkubelet/core";
import { acceptAnnotation } from "@vkubelet/pod";
import type { Configuration } from "../configurations.ts";
import type { Workload } from "./read-workloads.ts";
import { standInInputs } from "./stand-in-inputs.ts";

/** `exact`: every field does what it does in Kubernetes. `rejected`: at least one cannot be honoured. */
export type OutcomeKind = "exact" | "approximated" | "rejected";

/** What one configuration makes of one workload. */
export interface Outcome {
  readonly workload: Workload;
  readonly kind: OutcomeKind;
  readonly report: TranslationReport;
  /** The kind when the owner accepts every weaker result that there is. */
  readonly accepting: OutcomeKind;
}

/** Pods that run until they are stopped, apart from those that end by themselves. */
export function isService({ pod }: Workload): boolean {
  return pod.spec?.restartPolicy === "Always";
}

/** Outcomes of all workloads, in their order. */
export function outcomesOf(configuration: Configuration, workloads: readonly Workload[]): readonly Outcome[] {
  return workloads.map((workload) => {
    const { report } = configuration.translate(workload.pod, standInInputs(workload.pod));
    const kind = kindOf(report);
    const accepting = kind === "rejected" ? kindOf(acceptingReport(configuration, workload.pod)) : kind;
    return { workload, kind, report, accepting };
  });
}

/** The report for the pod whose owner accepts whatever may be accepted. */
export function acceptingReport(configuration: Configuration, pod: Pod): TranslationReport {
  const metadata = {
    ...pod.metadata,
    annotations: { ...pod.metadata?.annotations, [acceptAnnotation]: everyField(pod).join(",") },
  };
  return configuration.translate({ ...pod, metadata }, standInInputs(pod)).report;
}

function everyField(pod: Pod): readonly string[] {
  return Object.keys(pod.spec ?? {}).map((name) => `spec.${name}`);
}

function kindOf({ entries }: TranslationReport): OutcomeKind {
  if (entries.some(({ disposition }) => disposition === "reject")) return "rejected";
  return entries.some(({ disposition }) => disposition === "approx") ? "approximated" : "exact";
}
