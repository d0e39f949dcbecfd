import { auditPod, type SupportTable } from "@vkubelet/pod";
import { batchSupport } from "../../packages/batch/src/translate/support.ts";
import { fargateSupport } from "../../packages/fargate/src/translate/support.ts";
import { localSupport } from "../../packages/local/src/translate/index.ts";
import { defaultTranslateOptions } from "../../packages/nomad/src/translate/options.ts";
import { supportTable } from "../../packages/nomad/src/translate/support.ts";
import { perSecond } from "./measure.ts";
import { servicePod } from "./pods.ts";
import { type Row, rate } from "./row.ts";
import { host } from "./translate-local.ts";

const tables: Readonly<Record<string, SupportTable>> = {
  local: localSupport(host),
  nomad: supportTable(defaultTranslateOptions),
  fargate: fargateSupport,
  batch: batchSupport({}),
};

/** The account of every field, by the table of each backend. */
export async function measureAudits(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, table] of Object.entries(tables)) {
    const measured = rate(await perSecond(() => auditPod(servicePod, table)), "pods");
    rows.push({ what: `service pod: audit for ${name}`, measured });
  }
  return rows;
}
