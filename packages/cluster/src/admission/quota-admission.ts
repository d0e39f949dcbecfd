import type { KubeObject } from "../api/objects.ts";
import { forbidden } from "../api/status-error.ts";
import type { Amounts } from "../controllers/pod-requests.ts";
import { hardOf, quantitiesOf, usedOf } from "../quota/quota-state.ts";
import { isInScope, unstatedAmounts, usageOf } from "../quota/quota-usage.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";

function text(amounts: Amounts, names: readonly string[]): string {
  const quantities = quantitiesOf(amounts);
  return [...names]
    .sort()
    .map((name) => `${name}=${quantities[name]}`)
    .join(",");
}

/** Plugin ResourceQuota: a new object fits into what the quotas of its namespace leave. @throws StatusError 403 */
export function admitQuota(object: KubeObject, type: ResourceType, context: StrategyContext): void {
  const { namespace, name } = object.metadata;
  if (!namespace) return;
  const quotas = context.store.list(context.types.require("", "resourcequotas"), namespace);
  for (const quota of quotas) {
    if (!isInScope(quota, type, object)) continue;
    const hard = hardOf(quota);
    const usage = usageOf(type, object);
    const concerned = [...usage.keys()].filter((entry) => hard.has(entry));
    const unstated = type.plural === "pods" ? unstatedAmounts(quota.spec?.hard ?? {}, object) : [];
    if (unstated.length > 0) {
      const why = `failed quota: ${quota.metadata.name}: must specify ${unstated.join("; ")}`;
      throw forbidden(type, name, why);
    }
    if (concerned.length === 0) continue;
    const used = usedOf(context.store, context.types, quota, context.now);
    const over = concerned.filter(
      (entry) => (used.get(entry) ?? 0n) + (usage.get(entry) ?? 0n) > (hard.get(entry) ?? 0n),
    );
    if (over.length === 0) continue;
    const [requested, before, limited] = [usage, used, hard].map((amounts) => text(amounts, over));
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${before}, limited: ${limited}`;
    throw forbidden(type, name, why);
  }
}
