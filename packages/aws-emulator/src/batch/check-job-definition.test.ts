import { type ContainerProperties, RegisterJobDefinitionCommand } from "@aws-sdk/client-batch";
import { describe, expect, it } from "vitest";
import { testBench } from "../test-support.ts";
import { ended, executionRoleArn, single, sizes, submit } from "./batch-test-support.ts";

const container = (fields: Partial<ContainerProperties>): ContainerProperties => ({
  image: "busybox",
  command: ["sh", "-c", "exit 0"],
  resourceRequirements: sizes,
  executionRoleArn,
  ...fields,
});
const register = async (fields: Partial<ContainerProperties>, platform: "FARGATE" | "EC2" = "FARGATE") => {
  await using bench = await testBench();
  const more = { containerProperties: container(fields), platformCapabilities: [platform] };
  return await bench.batch.send(new RegisterJobDefinitionCommand(single("", more)));
};
const tmpfs = { linuxParameters: { tmpfs: [{ containerPath: "/t", size: 1 }] } };
const secret = { secrets: [{ name: "A", valueFrom: "arn:a" }] };

describe("what Batch refuses of a container", () => {
  it.each<[string, Partial<ContainerProperties>, RegExp]>([
    ["a tmpfs on Fargate", tmpfs, /tmpfs is not applicable/],
    ["shared memory on Fargate", { linuxParameters: { sharedMemorySize: 1 } }, /sharedMemorySize/],
    ["privileges on Fargate", { privileged: true }, /privileged/],
    ["a secret beside its variable", { ...secret, environment: [{ name: "A", value: "b" }] }, /unique/],
    [
      "a file system with a role that is not there",
      {
        volumes: [
          {
            name: "v",
            efsVolumeConfiguration: {
              fileSystemId: "fs-1",
              transitEncryption: "ENABLED",
              authorizationConfig: { iam: "ENABLED" },
            },
          },
        ],
      },
      /task role/,
    ],
  ])("%s", async (_name, fields, message) => {
    await expect(register(fields)).rejects.toMatchObject({
      name: "ClientException",
      message: expect.stringMatching(message),
    });
  });

  it("on EC2 takes what Fargate does not", async () => {
    await expect(register({ ...tmpfs, privileged: true }, "EC2")).resolves.toBeDefined();
  });
});

describe("secrets of a job", () => {
  const print = single("", {
    containerProperties: container({ ...secret, command: ["sh", "-c", 'test "$A" = hunter2'] }),
  });

  it("are filled in at the start", async () => {
    await using bench = await testBench({ secrets: { "arn:a": "hunter2" } });
    expect(await ended(bench, await submit(bench, print))).toMatchObject({ status: "SUCCEEDED" });
  });

  it("that are not there fail it", async () => {
    await using bench = await testBench();
    expect(await ended(bench, await submit(bench, print))).toMatchObject({
      status: "FAILED",
      statusReason: "Task failed to start",
      container: { reason: expect.stringMatching(/^ResourceInitializationError: unable to pull secrets/) },
    });
  });
});
