import { commonSupport, type SupportRule, type SupportTable } from "@vkubelet/pod";
import { containerRules } from "./container-support.ts";
import { podRules } from "./pod-support.ts";
import type { LocalHost } from "./process-plan.ts";
import { volumeRules } from "./volume-support.ts";

/** How this machine treats each field of a pod: the single source of the documentation's table. */
export function localSupport(host: LocalHost): SupportTable {
  return [
    ...commonSupport,
    ...podRules(host),
    ...["spec.containers[]", "spec.initContainers[]"].flatMap((path) => containerRules(path, host)),
    ...(host.mounts === "namespace" ? volumeRules : volumeRules.map(ofUseWhereMounted)),
  ];
}

/** Without mount namespaces a volume is judged by its mounts, nearly all of which are refused. */
function ofUseWhereMounted(rule: SupportRule): SupportRule {
  return rule.disposition === "exact"
    ? { ...rule, reason: "of use only where it is mounted, and a mount is judged by itself" }
    : rule;
}
