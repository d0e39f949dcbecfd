import type { Disposition } from "@vkubelet/core";
import type { SupportTable } from "@vkubelet/pod";

/** One rule for each path. */
export function rules(disposition: Disposition, reason: string, paths: readonly string[]): SupportTable {
  return paths.map((path) => ({ path, disposition, reason }));
}
