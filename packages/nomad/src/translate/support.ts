import { commonSupport, containerRules, type SupportRule, type SupportTable } from "@vkubelet/pod";
import { anyContainer, dockerContainer, rawExecContainer } from "./container-support.ts";
import type { NomadTranslateOptions } from "./options.ts";
import { anyPod, dockerPod, rawExecPod } from "./pod-support.ts";
import { rule } from "./support-rule.ts";

/** What this backend says about every field of PodSpec, for the driver that the options name. */
export function supportTable(
  options: Pick<NomadTranslateOptions, "driver" | "maximumKillSeconds" | "network">,
): SupportTable {
  const docker = options.driver === "docker";
  const lists = ["containers", "initContainers"] as const;
  const maximum = options.maximumKillSeconds;
  return [
    ...commonSupport,
    ...anyPod,
    ...(docker ? dockerPod : rawExecPod),
    ...containerRules(lists, [...anyContainer, ...(docker ? dockerContainer : rawExecContainer)]),
    ...hostnameRules(docker && options.network === "bridge"),
    rule("exact", "spec.terminationGracePeriodSeconds", ""),
    rule(
      "approx",
      "spec.terminationGracePeriodSeconds",
      `Nomad clients cut it at their max_kill_timeout of ${maximum} s`,
      (value) => typeof value === "number" && value > maximum,
    ),
  ];
}

/** Docker's containers on a bridge are named; elsewhere only the variable HOSTNAME carries a name. */
function hostnameRules(isNamed: boolean): readonly SupportRule[] {
  const fields = ["spec.hostname", "spec.hostnameOverride", "spec.setHostnameAsFQDN"];
  const reason = "the pod has the name of its client; only HOSTNAME carries its own";
  return [
    ...fields.map((path) => (isNamed ? rule("exact", path, "") : rule("approx", path, reason))),
    rule(
      "ignore",
      "spec.setHostnameAsFQDN",
      "a pod without a subdomain has no full name",
      (_, pod) => !pod.spec?.subdomain,
    ),
  ];
}
