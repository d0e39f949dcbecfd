import { batchTranslator } from "@vkubelet/batch/translate";
import { fargateTranslator } from "@vkubelet/fargate/translate";
import { localTranslator } from "@vkubelet/local/translate";
import { defaultTranslateOptions, nomadTranslator } from "@vkubelet/nomad/translate";
import { auditPod, type SupportTable } from "@vkubelet/pod";
import { perSecond } from "./measure.ts";
import { servicePod } from "./pods.ts";
import { type Row, rate } from "./row.ts";
import { host } from "./translate-local.ts";

const aws = { nodeName: "bench", region: "eu-west-1" };

const tables: Readonly<Record<string, SupportTable>> = {
  local: localTranslator.support(host),
  nomad: nomadTranslator.support({ ...defaultTranslateOptions, nodeName: "bench" }),
  fargate: fargateTranslator.support({ ...aws, cluster: "pods", subnets: ["subnet-1"] }),
  batch: batchTranslator.support({ ...aws, jobQueue: "pods" }),
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
