import { checkEveryPath } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { fargateTranslator } from "./translate-pod.ts";

it("accounts for every path of PodSpec, and what it calls exact changes the requests", () => {
  const options = {
    nodeName: "fargate-1",
    region: "eu-west-1",
    cluster: "pods",
    subnets: ["subnet-1"],
    executionRoleArn: "arn:aws:iam::1:role/execution",
    logs: { group: "/pods" },
    secrets: "plain",
  } as const;
  expect(checkEveryPath(fargateTranslator, options)).toEqual([]);
});
