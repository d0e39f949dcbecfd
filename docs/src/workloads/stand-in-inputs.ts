import type { Pod } from "@vkubelet/core";
import type { ResolveInputs } from "@vkubelet/pod";

/** The text that stands for every value that a manifest takes from an object which the collection lacks. */
const standIn = "stand-in";

/**
 * Inputs in which every ConfigMap and Secret that the pod names exists, with every key that it asks for: what is
 * missing from a collection of manifests says nothing about a backend.
 */
export function standInInputs(pod: Pod): ResolveInputs {
  const keys = [...keysNamedIn(pod.spec)];
  return {
    attempt: 0,
    configMap: () => ({ data: Object.fromEntries(keys.map((key) => [key, standIn])) }),
    secret: () => ({ data: Object.fromEntries(keys.map((key) => [key, btoa(standIn)])) }),
    services: [],
    nodeAllocatable: { cpu: "16", memory: "64Gi" },
    token: () => ({ token: standIn, expiresAt: "2030-01-01T00:00:00Z" }),
  };
}

/** The value of every field `key` or `subPath`, and one key for objects that are taken as a whole. */
function keysNamedIn(value: unknown, found: Set<string> = new Set(["value"])): ReadonlySet<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    if (
      (name === "key" || name === "subPath") &&
      typeof inner === "string" &&
      /^[-._A-Za-z0-9]+$/.test(inner)
    )
      found.add(inner);
    else keysNamedIn(inner, found);
  }
  return found;
}
