import type { Disposition } from "@vkubelet/core";
import type { SupportRule } from "@vkubelet/pod";

/** Why the driver raw_exec keeps no setting of isolation. */
export const noIsolation =
  "raw_exec runs as the Nomad client itself, without isolation; use the docker driver";

/** A rule of the table; `when` makes it conditional on the value. */
export function rule(
  disposition: Disposition,
  path: string,
  reason: string,
  when?: SupportRule["when"],
): SupportRule {
  return { path, disposition, reason, ...(when === undefined ? {} : { when }) };
}

/** A rejection that a pod may lift by annotation; `accepted` is what happens then. */
export function refusal(
  path: string,
  reason: string,
  accepted: string,
  when?: SupportRule["when"],
): SupportRule {
  return { ...rule("reject", path, reason, when), accepted };
}
