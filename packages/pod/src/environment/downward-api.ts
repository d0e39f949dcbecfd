import {
  type Container,
  type LateField,
  type Pod,
  ProviderError,
  plainValue,
  type ResolvedValue,
  type ResourceFieldSelector,
  type ResourceList,
} from "@vkubelet/core";
import { Quantity } from "../quantity/quantity.ts";
import { containerAmounts, parseResourceList } from "../quantity/resources.ts";
import { goQuote } from "./go-quote.ts";

const lateFields: readonly string[] = [
  "status.podIP",
  "status.podIPs",
  "status.hostIP",
  "status.hostIPs",
] satisfies LateField[];

const subscripted = /^metadata\.(labels|annotations)\['(.*)'\]$/s;

/**
 * What `env[].valueFrom.fieldRef` gives (D1). Addresses of pod and host are late: they are never taken from the
 * status, so that the result does not depend on when it is asked for. Throws `InvalidInput` for any other path.
 */
export function fieldValue(pod: Pod, fieldPath: string): ResolvedValue {
  if (isLateField(fieldPath)) return { parts: [{ late: fieldPath }], secret: false };
  if (fieldPath === "spec.nodeName") return plainValue(pod.spec?.nodeName ?? "");
  if (fieldPath === "spec.serviceAccountName") {
    return plainValue(pod.spec?.serviceAccountName || "default");
  }
  const text = metadataText(pod, fieldPath);
  if (text === undefined) throw unsupportedField(fieldPath, "an environment variable");
  return plainValue(text);
}

/** What a file of a downwardAPI volume holds for `fieldRef` (D2, D3). Throws `InvalidInput` for any other path. */
export function fieldFileText(pod: Pod, fieldPath: string): string {
  if (fieldPath === "metadata.labels") return mapText(pod.metadata?.labels ?? {});
  if (fieldPath === "metadata.annotations") return mapText(pod.metadata?.annotations ?? {});
  const text = metadataText(pod, fieldPath);
  if (text === undefined) throw unsupportedField(fieldPath, "a file of a volume");
  return text;
}

/** What stands in for a limit that a container does not set (D5), most specific first. */
export interface LimitFallbacks {
  /** `spec.resources.limits`: for environment variables, not for volumes. */
  readonly podLimits?: ResourceList | undefined;
  readonly nodeAllocatable: ResourceList;
}

/**
 * What `resourceFieldRef` gives (D4 to D6): the amount of that container in units of the divisor, rounded up.
 * `containerName` is for the caller to resolve. Throws `InvalidInput` for an unknown resource or divisor.
 */
export function resourceFieldValue(
  container: Container,
  selector: ResourceFieldSelector,
  fallbacks: LimitFallbacks,
): string {
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(selector.resource);
  const [, kind, name] = match ?? [];
  if (!name) {
    throw new ProviderError(
      "InvalidInput",
      `resource "${selector.resource}" cannot be read: ${resourceForms}`,
    );
  }
  const divisor = divisorOf(selector, name);
  const own = containerAmounts(container, kind === "limits" ? "limits" : "requests", "").get(name);
  const amount = kind === "limits" && !own?.isPositive() ? fallbackLimit(name, fallbacks) : own;
  return (amount ?? Quantity.zero).ceilDiv(divisor).toString();
}

const resourceForms = "write limits. or requests. with cpu, memory, ephemeral-storage or hugepages-*";
const cpuDivisors = ["1m", "1"].map((text) => Quantity.parse(text));
const otherDivisors = [..."1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei".split(" ")].map((text) =>
  Quantity.parse(text),
);

function divisorOf(selector: ResourceFieldSelector, name: string): Quantity {
  const divisor = Quantity.parse(selector.divisor ?? 0);
  if (divisor.isZero()) return Quantity.ofInteger(1n);
  const allowed = name === "cpu" ? cpuDivisors : otherDivisors;
  if (!allowed.some((unit) => unit.compare(divisor) === 0)) {
    throw new ProviderError(
      "InvalidInput",
      `divisor ${divisor} of "${selector.resource}" cannot be used: write one of ${allowed.join(" ")}`,
    );
  }
  return divisor;
}

/** Huge pages have no fallback: they cannot be overcommitted, so that no limit means none. */
function fallbackLimit(name: string, fallbacks: LimitFallbacks): Quantity | undefined {
  if (name.startsWith("hugepages-")) return undefined;
  const podLimit = parseResourceList(fallbacks.podLimits, "spec.resources.limits").get(name);
  // Ephemeral storage cannot be limited for a pod as a whole.
  if (name !== "ephemeral-storage" && podLimit?.isPositive()) return podLimit;
  return parseResourceList(fallbacks.nodeAllocatable, "node allocatable").get(name);
}

function metadataText(pod: Pod, fieldPath: string): string | undefined {
  const metadata = pod.metadata ?? {};
  switch (fieldPath) {
    case "metadata.name":
      return metadata.name ?? "";
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid ?? "";
  }
  const [, map, key] = subscripted.exec(fieldPath) ?? [];
  if (!map || !key) return undefined;
  const entries = (map === "labels" ? metadata.labels : metadata.annotations) ?? {};
  return Object.hasOwn(entries, key) ? entries[key] : "";
}

function mapText(entries: Readonly<Record<string, string>>): string {
  return Object.keys(entries)
    .sort()
    .map((key) => `${key}=${goQuote(entries[key] ?? "")}`)
    .join("\n");
}

function isLateField(fieldPath: string): fieldPath is LateField {
  return lateFields.includes(fieldPath);
}

function unsupportedField(fieldPath: string, place: string): ProviderError {
  return new ProviderError(
    "InvalidInput",
    `field "${fieldPath}" cannot be read: Kubernetes does not offer it to ${place}`,
  );
}
