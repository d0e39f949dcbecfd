import type { Pod, ResolvedPod } from "@vkubelet/core";
import { type LocalHost, localTranslator, type ProcessPlan } from "@vkubelet/local/translate";
import { auditPod, resolvePod } from "@vkubelet/pod";
import { perSecond } from "./measure.ts";
import { inputs, plainPod, servicePod } from "./pods.ts";
import { type Row, rate } from "./row.ts";

export const host: LocalHost = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 1000,
  gid: 1000,
  address: "192.0.2.7",
  mounts: "namespace",
  hostname: "own",
  users: "any",
  limits: "cgroup",
};

const target = "≥ 20,000 pods/s";

/** From a pod of the API to processes of this machine with their report: each step alone and all together. */
export async function measureTranslation(): Promise<Row[]> {
  return [...(await rowsOf("plain pod", plainPod)), ...(await rowsOf("service pod", servicePod))];
}

/** A pod that is rejected would be no measure. */
function translated(pod: ResolvedPod): ProcessPlan {
  const { requests, report } = localTranslator.translate(pod, host);
  if (requests !== undefined) return requests;
  const reasons = report.entries.filter(({ disposition }) => disposition === "reject");
  throw new Error(`${pod.ref.name}: ${reasons.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}`);
}

async function rowsOf(name: string, pod: Pod): Promise<Row[]> {
  const resolve = () => {
    const outcome = resolvePod(pod, inputs);
    if (outcome.type === "resolved") return outcome.pod;
    throw new Error(`${name}: it waits for ${outcome.waits.map(({ message }) => message).join(", ")}`);
  };
  const resolved = resolve();
  const table = localTranslator.support(host);
  const steps: readonly [string, () => void][] = [
    ["resolve", resolve],
    ["audit", () => auditPod(pod, table)],
    ["translate to local, with report", () => translated(resolved)],
    ["resolve, then translate to local, with report", () => translated(resolve())],
  ];
  const rows: Row[] = [];
  for (const [step, work] of steps) {
    const measured = rate(await perSecond(work), "pods");
    rows.push({ what: `${name}: ${step}`, measured, ...(step.startsWith("translate") && { target }) });
  }
  return rows;
}
