import { waitFor } from "../wait-for.ts";
import type { AnyObject } from "./api-client.ts";
import type { Space } from "./bench.ts";

/**
 * Waits until the API server holds requests against all quotas that are there. It learns of them in their order a moment
 * later than those who ask for them, and what is created in between is counted only minutes after.
 */
export async function untilEnforced(space: Space): Promise<void> {
  const hard = { "count/leases.coordination.k8s.io": "0" };
  await space.create("resourcequotas", { metadata: { name: "last" }, spec: { hard } });
  const lease = { metadata: { name: "probe" } };
  await waitFor(
    "the quotas are enforced",
    () => space.api.call("POST", `${space.path("leases")}?dryRun=All`, lease),
    ({ code, body }) => code === 403 && body.message.includes("exceeded quota: last"),
  );
}

/** Creates quotas, of one pod unless they say otherwise, and waits until they are enforced. */
export async function createQuotas(space: Space, quotas: Readonly<Record<string, AnyObject>>): Promise<void> {
  for (const [name, spec] of Object.entries(quotas)) {
    await space.create("resourcequotas", { metadata: { name }, spec: { hard: { pods: "1" }, ...spec } });
    await space.until("resourcequotas", name, ({ status }) => status?.used !== undefined);
  }
  await untilEnforced(space);
}

/** A scope selector of one condition. */
export function selected(scopeName: string, operator: string, values?: readonly string[]): AnyObject {
  return { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } };
}

/** Waits until the quotas, by name, count so many. */
export async function untilUsed(
  space: Space,
  name: string,
  used: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [quota, count] of Object.entries(used))
    await space.until("resourcequotas", quota, ({ status }) => status.used[name] === String(count));
}
