import type { SupportTable } from "@vkubelet/pod";
import { configurations, variants } from "../configurations.ts";

/** A backend with the options that change its table. */
export interface MatrixBackend {
  readonly title: string;
  readonly page: string;
  readonly variants: readonly [MatrixVariant, ...MatrixVariant[]];
}

export interface MatrixVariant {
  readonly label: string;
  readonly support: SupportTable;
}

/** Which of the configurations have a table of their own, and how a page calls their options. */
const labels: Readonly<Record<string, readonly [page: string, ...labels: string[]]>> = {
  local: ["local.md", "root, `mounts: namespace`", "ordinary user, `mounts: reject`"],
  Nomad: ["nomad.md", "`driver: docker`, `network: bridge`", "`driver: raw_exec`, `network: host`"],
  Fargate: ["fargate.md", "any options"],
  Batch: ["batch.md", "`platform: FARGATE`", "`platform: EC2`"],
};

/** The backends in the order of the overview. */
export const matrixBackends: readonly MatrixBackend[] = configurations.map(({ name, support }) => {
  const [page = "", first = "", second] = labels[name] ?? [];
  const last = variants.findLast((variant) => variant.name === name);
  const others = second === undefined || last === undefined ? [] : [{ label: second, support: last.support }];
  return { title: name, page, variants: [{ label: first, support }, ...others] };
});
