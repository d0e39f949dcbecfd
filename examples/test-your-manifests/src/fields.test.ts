import { fargateTranslator } from "@vkubelet/fargate/translate";
import { containerBuilder, expectTranslation, podBuilder } from "@vkubelet/testing";
import { translationMatchers } from "@vkubelet/testing/vitest";
import { expect, it } from "vitest";

expect.extend(translationMatchers);

const options = { nodeName: "vk", region: "eu-west-1", cluster: "pods", subnets: ["subnet-1"] };
const pod = podBuilder("web").containers(
  containerBuilder("nginx", "nginx:1.29").requests({ cpu: "500m", memory: "600Mi" }),
);

it("a pod gets the next size of Fargate", () => {
  const { requests } = expectTranslation(fargateTranslator, pod, options).toBeAccepted();
  expect(requests.registerTaskDefinition).toMatchObject({ cpu: "512", memory: "1024" });
});

it("the network of the host is refused, with a reason", () => {
  const translation = expectTranslation(fargateTranslator, pod.with({ hostNetwork: true }), options);
  translation.toReject("spec.hostNetwork", /network of its own/);
  expect(translation).toRejectField("spec.hostNetwork"); // the same as a matcher of vitest
});
