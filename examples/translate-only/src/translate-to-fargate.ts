import { type Pod, ProviderError } from "@vkubelet/core";
import { type FargateTranslation, translatePod } from "@vkubelet/fargate/translate";
import { resolvePod } from "@vkubelet/pod";

/** What the pod would become on Fargate, and what becomes of each of its fields. No cluster, no account, no clock. */
export function translateToFargate(pod: Pod): FargateTranslation {
  const outcome = resolvePod(pod, {
    attempt: 0,
    configMap: () => undefined,
    secret: () => undefined,
    services: [],
    nodeAllocatable: { cpu: "4", memory: "16Gi" },
    token: () => undefined,
  });
  if (outcome.type !== "resolved") throw new ProviderError("InvalidInput", JSON.stringify(outcome));
  return translatePod(outcome.pod, {
    nodeName: "example",
    region: "eu-west-1",
    cluster: "pods",
    subnets: ["subnet-1"],
  });
}
