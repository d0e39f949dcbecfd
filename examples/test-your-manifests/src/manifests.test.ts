import { fargateTranslator } from "@vkubelet/fargate/translate";
import { goldenBackend } from "@vkubelet/testing/node";
import { goldenTests } from "@vkubelet/testing/vitest";

const options = { nodeName: "vk", region: "eu-west-1", cluster: "pods", subnets: ["subnet-1"] };
goldenTests(new URL("testdata", import.meta.url), {
  backends: { fargate: goldenBackend(fargateTranslator, options) },
  mustBeAccepted: true,
});
