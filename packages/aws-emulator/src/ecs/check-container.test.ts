import { type ContainerDefinition, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { definition, shell, testBench } from "../test-support.ts";

const register = async (
  fields: Partial<ContainerDefinition>,
  more: Parameters<typeof definition>[1] = {},
): Promise<unknown> => {
  await using bench = await testBench();
  return await bench.ecs.send(
    new RegisterTaskDefinitionCommand(definition([shell("main", "true", fields)], more)),
  );
};
const tmpfs = (size: number, mountOptions: string[] = []) => ({
  linuxParameters: { tmpfs: [{ containerPath: "/t", size, mountOptions }] },
});
const efs = (efsVolumeConfiguration: object) => ({
  volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1", ...efsVolumeConfiguration } }],
});

describe("what Fargate refuses of a container", () => {
  it.each<[string, Partial<ContainerDefinition>, RegExp, Parameters<typeof definition>[1]?]>([
    ["a health check without CMD", { healthCheck: { command: ["curl"] } }, /CMD/],
    ["a health check each second", { healthCheck: { command: ["CMD", "a"], interval: 1 } }, /interval/],
    ["a capability", { linuxParameters: { capabilities: { add: ["NET_ADMIN"] } } }, /NET_ADMIN/],
    ["shared memory", { linuxParameters: { sharedMemorySize: 64 } }, /sharedMemorySize/],
    ["a tmpfs without size", tmpfs(0), /size/],
    ["a tmpfs with other options", tmpfs(1, ["mode=777"]), /mountOptions/],
    ["a sysctl of the node", { systemControls: [{ namespace: "vm.swappiness", value: "1" }] }, /swappiness/],
    ["a host port of its own", { portMappings: [{ containerPort: 80, hostPort: 81 }] }, /must match/],
    [
      "a port twice",
      {
        portMappings: [
          { containerPort: 53, protocol: "tcp" },
          { containerPort: 53, protocol: "udp" },
        ],
      },
      /mapped twice/,
    ],
    [
      "a secret beside a variable of its name",
      { secrets: [{ name: "A", valueFrom: "arn" }], environment: [{ name: "A", value: "b" }] },
      /unique/,
    ],
    [
      "a secret that no role reads",
      { secrets: [{ name: "A", valueFrom: "arn" }] },
      /executionRoleArn/,
      { executionRoleArn: undefined },
    ],
    [
      "an access point in plain text",
      {},
      /transitEncryption/,
      efs({ authorizationConfig: { accessPointId: "fsap-1" } }),
    ],
    [
      "an access point with a directory",
      {},
      /rootDirectory/,
      efs({
        rootDirectory: "/a",
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: "fsap-1" },
      }),
    ],
    [
      "a role that is not there",
      {},
      /task role/,
      efs({ transitEncryption: "ENABLED", authorizationConfig: { iam: "ENABLED" } }),
    ],
  ])("%s", async (_name, fields, message, more) => {
    await expect(register(fields, more)).rejects.toMatchObject({
      name: "ClientException",
      message: expect.stringMatching(message),
    });
  });

  it("and nothing else of these", async () => {
    await expect(
      register(
        {
          ...tmpfs(64, ["exec"]),
          healthCheck: { command: ["CMD-SHELL", "exit 0"], interval: 5, timeout: 2, retries: 1 },
          systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }],
          portMappings: [{ containerPort: 80, hostPort: 80 }],
        },
        efs({ transitEncryption: "ENABLED", rootDirectory: "/a" }),
      ),
    ).resolves.toBeDefined();
  });
});
