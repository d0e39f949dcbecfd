import type { AllocationMetric, Evaluation } from "../wire.ts";

/** Why a job has no allocation yet, for people: `no room for cpu on 2 of 3 nodes; 1 filtered by …`. */
export function placementMessage(evaluation: Evaluation): string {
  const metrics = Object.values(evaluation.FailedTGAllocs ?? {});
  const texts = metrics.map(metricMessage).filter((text) => text !== "");
  return texts.join("; ") || evaluation.StatusDescription || "Nomad has found no place";
}

function metricMessage(metric: AllocationMetric): string {
  const parts: string[] = [];
  if ((metric.NodesInPool ?? metric.NodesEvaluated ?? 0) === 0) parts.push("no node is eligible");
  for (const [dimension, nodes] of sorted(metric.DimensionExhausted)) {
    parts.push(`no room for ${dimension} on ${nodes} node(s)`);
  }
  for (const [constraint, nodes] of sorted(metric.ConstraintFiltered)) {
    parts.push(`${nodes} node(s) filtered by ${constraint}`);
  }
  for (const quota of metric.QuotaExhausted ?? []) parts.push(`quota exhausted: ${quota}`);
  return parts.join("; ");
}

function sorted(counts: Readonly<Record<string, number>> | null | undefined): [string, number][] {
  return Object.entries(counts ?? {}).sort(([first], [second]) => (first < second ? -1 : 1));
}
