import { webDeployment } from "../workloads.ts";
import { check } from "./check.ts";
import type { Step } from "./step.ts";
import { hasCondition, hasPhase, type Trial } from "./trial.ts";

/** Registered nodes. */
export const nodesReady: Step = {
  title: "Nodes register themselves, with labels and a taint",
  async run(trial) {
    const { name, kind } = trial.node;
    const node = await trial.untilNode("Ready", name, (object) => hasCondition(object, "Ready"));
    const labels = node.metadata.labels ?? {};
    const shown = { type: labels["type"], "kubernetes.io/hostname": labels["kubernetes.io/hostname"] };
    check("labels", shown, { type: "virtual-kubelet", "kubernetes.io/hostname": name });
    const taints = (node.spec?.taints ?? []).map(
      ({ key, value, effect }: { key: string; value?: string; effect: string }) =>
        `${key}=${value}:${effect}`,
    );
    check("taints", taints, [`virtual-kubelet.io/provider=${kind}:NoSchedule`]);
    const { cpu, memory, pods } = node.status.capacity;
    const text = Object.entries(shown).map(([key, value]) => `${key}=${value}`);
    return `Ready; ${text.join(",")}; ${taints.join(",")}; ${cpu} CPUs, ${memory}, ${pods} pods`;
  },
};

const selector = "app=web";

/** A Deployment that is scaled, or refused where the backend only finishes. */
export const deploymentScales: Step = {
  title: "A Deployment is scaled from 3 to 5 to 0; AWS Batch, which only finishes, refuses it",
  run: (trial) => (trial.node.kind === "batch" ? refused(trial) : scaled(trial)),
};

async function scaled(trial: Trial): Promise<string> {
  await trial.apply(webDeployment(trial.target, 3));
  const ready = async (count: number) => {
    const deployment = await trial.until(
      `${count} ready`,
      "Deployment",
      "web",
      ({ status }) => (status?.readyReplicas ?? 0) === count,
    );
    return deployment.status.readyReplicas as number;
  };
  const three = await ready(3);
  await trial.client.scale("Deployment", trial.namespace, "web", 5);
  const five = await ready(5);
  await trial.client.scale("Deployment", trial.namespace, "web", 0);
  const left = await trial.untilPods("none", selector, (pods) => pods.length === 0);
  return `${three} ready, then ${five}, then ${left.length} pods left`;
}

async function refused(trial: Trial): Promise<string> {
  await trial.apply(webDeployment(trial.target, 1));
  const pods = await trial.untilPods("one that is refused", selector, (all) => all.some(hasPhase("Failed")));
  await trial.client.delete("Deployment", trial.namespace, "web");
  const message: string = pods.find(hasPhase("Failed"))?.status.message ?? "";
  await trial.untilPods("none", selector, (all) => all.length === 0);
  check("the message names the field", message.includes("restartPolicy"), true);
  return `refused: ${message}`;
}
