import type { KubeObject } from "../api/objects.ts";
import { age, type CellPrinter } from "./cells.ts";

/** `cpu: 1/2` for every amount that a quota limits, those of requests or those of limits. */
function usageText({ status }: KubeObject, ofLimits: boolean): string {
  return Object.keys(status?.hard ?? {})
    .filter((name) => name.startsWith("limits.") === ofLimits)
    .sort()
    .map((name) => `${name}: ${status?.used?.[name] ?? "0"}/${status?.hard[name]}`)
    .join(", ");
}

/** Rows of what limits and protects. */
export const policyCells: Readonly<Record<string, CellPrinter>> = {
  "/limitranges": ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  "/resourcequotas": (quota, now) => [
    quota.metadata.name,
    usageText(quota, false),
    usageText(quota, true),
    age(quota, now),
  ],
  "policy/poddisruptionbudgets": (budget, now) => [
    budget.metadata.name,
    String(budget.spec?.minAvailable ?? "N/A"),
    String(budget.spec?.maxUnavailable ?? "N/A"),
    budget.status?.disruptionsAllowed ?? 0,
    age(budget, now),
  ],
  "scheduling.k8s.io/priorityclasses": (object, now) => [
    object.metadata.name,
    object["value"] ?? 0,
    object["globalDefault"] ?? false,
    age(object, now),
    object["preemptionPolicy"] ?? "PreemptLowerPriority",
  ],
};
