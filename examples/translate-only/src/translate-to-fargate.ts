import type { Pod } from "@vkubelet/core";
import { type FargateRequests, fargateTranslator } from "@vkubelet/fargate/translate";
import { manifestInputs, type Translation, translateManifest } from "@vkubelet/pod";

/** What the pod would become on Fargate, and what becomes of each of its fields. No cluster, no account, no clock. */
export function translateToFargate(pod: Pod): Translation<FargateRequests> {
  return translateManifest(fargateTranslator, pod, manifestInputs([]), {
    nodeName: "example",
    region: "eu-west-1",
    cluster: "pods",
    subnets: ["subnet-1"],
  });
}
