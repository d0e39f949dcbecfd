import { batchTranslator } from "@vkubelet/batch/translate";
import { fargateTranslator } from "@vkubelet/fargate/translate";
import { localTranslator } from "@vkubelet/local/translate";
import { defaultTranslateOptions, nomadTranslator } from "@vkubelet/nomad/translate";
import { goldenBackend } from "@vkubelet/testing/node";
import { goldenTests } from "@vkubelet/testing/vitest";

const nodeName = "vk";
const region = "eu-west-1";
const executionRoleArn = "arn:aws:iam::111122223333:role/execution";
const images = { writerImage: "busybox:1", sentinelImage: "busybox:1" };

// What the four backends make of common workloads, whole: whoever changes a translation sees here what it changes.
goldenTests(new URL("testdata", import.meta.url), {
  backends: {
    local: goldenBackend(localTranslator, {
      operatingSystem: "linux",
      architecture: "amd64",
      uid: 0,
      gid: 0,
      address: "203.0.113.10",
      mounts: "namespace",
      hostname: "own",
      users: "any",
      limits: "cgroup",
    }),
    nomad: goldenBackend(nomadTranslator, { ...defaultTranslateOptions, nodeName }),
    fargate: goldenBackend(fargateTranslator, {
      nodeName,
      region,
      executionRoleArn,
      ...images,
      cluster: "pods",
      subnets: ["subnet-1"],
    }),
    batch: goldenBackend(batchTranslator, {
      nodeName,
      region,
      executionRoleArn,
      ...images,
      jobQueue: "pods",
      platform: "EC2",
      entryPoint: "assume-none",
    }),
  },
});
