import { checkEveryPath } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { batchTranslator } from "./translate-pod.ts";

it.each(["FARGATE", "EC2"] as const)(
  "accounts on %s for every path of PodSpec, and what it calls exact changes the requests",
  (platform) => {
    const options = {
      nodeName: "batch-1",
      region: "eu-west-1",
      jobQueue: "pods",
      executionRoleArn: "arn:aws:iam::1:role/execution",
      secrets: "plain",
      entryPoint: "assume-none",
      platform,
    } as const;
    expect(checkEveryPath(batchTranslator, options)).toEqual([]);
  },
);
