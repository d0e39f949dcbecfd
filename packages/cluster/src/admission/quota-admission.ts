import type { KubeObject } from "../api/objects.ts";
import { forbidden } from "../api/status-error.ts";
import type { Amounts } from "../controllers/pod-requests.ts";
import { changesScope, isInScope } from "../quota/quota-scopes.ts";
import { hardOf, quantitiesOf, usedOf } from "../quota/quota-state.ts";
import { unstatedAmounts, usageOf } from "../quota/quota-usage.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";

/** A write that may take more of quotas than before. */
export interface QuotaWrite {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** What is there before an update. */
  readonly old?: KubeObject;
  readonly subresource?: string | undefined;
}

function text(amounts: Amounts, names: readonly string[]): string {
  const quantities = quantitiesOf(amounts);
  return [...names]
    .sort()
    .map((name) => `${name}=${quantities[name]}`)
    .join(",");
}

/** Most objects count when they are created; some can come to take more later. */
function isConcerned({ type, object, old, subresource }: QuotaWrite): boolean {
  if (!old) return true;
  if (type.group !== "") return false;
  switch (type.plural) {
    case "pods":
      return subresource === "resize" || (subresource === undefined && changesScope(old, object));
    case "services":
    case "persistentvolumeclaims":
      return subresource === undefined;
    default:
      return false;
  }
}

/** What a write takes of a quota beyond what it took before. */
function additionOf(quota: KubeObject, { type, object, old }: QuotaWrite, now: number): Amounts {
  const usage = usageOf(type, object, now);
  const before: Amounts = old && isInScope(quota, type, old) ? usageOf(type, old, now) : new Map();
  const more = [...usage].map(([name, amount]) => [name, amount - (before.get(name) ?? 0n)] as const);
  return new Map(more.filter(([, amount]) => amount > 0n));
}

/** Plugin ResourceQuota: an object fits into what the quotas of its namespace leave. @throws StatusError 403 */
export function admitQuota(write: QuotaWrite, context: StrategyContext): void {
  const { type, object } = write;
  const { namespace, name } = object.metadata;
  if (!namespace || !isConcerned(write)) return;
  const quotas = context.store.list(context.types.require("", "resourcequotas"), namespace);
  for (const quota of quotas) {
    if (!isInScope(quota, type, object)) continue;
    const unstated = type.plural === "pods" ? unstatedAmounts(quota.spec?.hard ?? {}, object) : [];
    if (unstated.length > 0) {
      const why = `failed quota: ${quota.metadata.name}: must specify ${unstated.join("; ")}`;
      throw forbidden(type, name, why);
    }
    const hard = hardOf(quota);
    const addition = additionOf(quota, write, context.now);
    const concerned = [...addition.keys()].filter((entry) => hard.has(entry));
    if (concerned.length === 0) continue;
    const used = usedOf(context.store, context.types, quota, context.now);
    const over = concerned.filter(
      (entry) => (used.get(entry) ?? 0n) + (addition.get(entry) ?? 0n) > (hard.get(entry) ?? 0n),
    );
    if (over.length === 0) continue;
    const [requested, before, limited] = [addition, used, hard].map((amounts) => text(amounts, over));
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${before}, limited: ${limited}`;
    throw forbidden(type, name, why);
  }
}
