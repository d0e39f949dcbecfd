import type { PodSpec } from "@vkubelet/core";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type { FargateTranslateOptions } from "./options.ts";
import { fargateTranslator } from "./translate-pod.ts";

const options: FargateTranslateOptions = {
  nodeName: "n",
  region: "eu-west-1",
  cluster: "c",
  subnets: ["s"],
  executionRoleArn: "arn:role",
};
const secrets = { db: { data: { user: btoa("root"), password: btoa("hunter2") } } };

function translate(
  fields: object,
  spec: Partial<PodSpec> = {},
  extra: Partial<FargateTranslateOptions> = {},
) {
  const pod = resolvedPodOf({ ...spec, containers: [{ name: "main", image: "a", ...fields }] }, 0, {
    secrets,
  });
  const { requests, report } = fargateTranslator.translate(pod, { ...options, ...extra });
  const definition = requests?.registerTaskDefinition;
  return {
    definition,
    container: definition?.containerDefinitions?.find(({ name }) => name === "main"),
    rejected: report.entries.filter((entry) => entry.disposition === "reject").map(({ path }) => path),
    json: JSON.stringify([requests, report]),
  };
}

describe("capabilities", () => {
  const capabilitiesOf = (capabilities: object) =>
    translate({ securityContext: { capabilities } }).container?.linuxParameters?.capabilities;

  it("that a restricted pod keeps are kept by dropping the others, since Fargate adds next to none", () => {
    const kept = capabilitiesOf({ drop: ["ALL"], add: ["NET_BIND_SERVICE"] });
    expect(kept?.add).toBeUndefined();
    expect(kept?.drop).toHaveLength(13);
    expect(capabilitiesOf({ drop: ["ALL"] })).toEqual({ drop: ["ALL"] });
    expect(capabilitiesOf({ add: ["SYS_PTRACE", "CHOWN"] })).toEqual({ add: ["SYS_PTRACE"] });
  });
});

describe("sysctls", () => {
  it("are set in every container, where Fargate can", () => {
    const sysctls = [{ name: "net/core/somaxconn", value: "1024" }];
    expect(translate({}, { securityContext: { sysctls } }).container?.systemControls).toEqual([
      { namespace: "net.core.somaxconn", value: "1024" },
    ]);
    const other = [...sysctls, { name: "kernel.pid_max", value: "1" }];
    expect(translate({}, { securityContext: { sysctls: other } }).rejected).toEqual([
      "spec.securityContext.sysctls[1]",
    ]);
  });
});

describe("Secrets that live at AWS", () => {
  const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }];
  const secretArns = { "shop/db": "arn:aws:secretsmanager:eu-west-1:1:secret:db" };

  it("are filled in by ECS, and their values are sent nowhere", () => {
    const envFrom = [{ prefix: "DB_", secretRef: { name: "db" } }];
    const { container, json, rejected } = translate({ env, envFrom }, {}, { secretArns });
    expect(rejected).toEqual([]);
    expect(container?.secrets).toEqual([
      { name: "DB_password", valueFrom: `${secretArns["shop/db"]}:password::` },
      { name: "DB_user", valueFrom: `${secretArns["shop/db"]}:user::` },
      { name: "PASSWORD", valueFrom: `${secretArns["shop/db"]}:password::` },
    ]);
    expect(json).not.toContain("hunter2");
    expect(json).not.toContain(btoa("hunter2"));
  });

  it("need the execution role", () => {
    expect(translate({ env }, {}, { secretArns, executionRoleArn: undefined }).rejected).toEqual([
      "spec.containers[0].env[0]",
    ]);
  });

  it("cannot be composed", () => {
    const composed = [...env, { name: "URL", value: "db://root:$(PASSWORD)@db" }];
    expect(translate({ env: composed }, {}, { secretArns }).rejected).toEqual(["spec.containers[0].env[1]"]);
  });
});

describe("ports", () => {
  it("are announced once for all protocols and containers", () => {
    const ports = [
      { containerPort: 53, protocol: "TCP" },
      { containerPort: 53, protocol: "UDP" },
    ];
    const { container, rejected } = translate({ ports });
    expect(container?.portMappings).toEqual([{ containerPort: 53, protocol: "tcp" }]);
    expect(rejected).toEqual([]);
  });
});

describe("volumes", () => {
  it("of EFS and of memory are written as ECS takes them", () => {
    const { definition, container } = translate(
      {
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "cache", mountPath: "/cache" },
        ],
      },
      {
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
          { name: "cache", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
        ],
      },
      { fileSystems: { "shop/data": { fileSystemId: "fs-1" } } },
    );
    expect(definition?.volumes).toEqual([
      { name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption: "ENABLED" } },
    ]);
    expect(container?.mountPoints).toEqual([
      { sourceVolume: "data", containerPath: "/data", readOnly: false },
    ]);
    expect(container?.linuxParameters?.tmpfs).toEqual([
      { containerPath: "/cache", size: 64, mountOptions: ["exec"] },
    ]);
  });
});

describe("the disk of a task", () => {
  it("has room for all that emptyDir volumes may hold", () => {
    const volumes = ["a", "b"].map((name) => ({ name, emptyDir: { sizeLimit: "15Gi" } }));
    expect(translate({}, { volumes }).definition?.ephemeralStorage).toEqual({ sizeInGiB: 30 });
  });
});

describe("the rest of a container", () => {
  it("has an open input and a terminal where it asks for them", () => {
    expect(translate({ stdin: true, tty: true }).container).toMatchObject({
      interactive: true,
      pseudoTerminal: true,
    });
  });

  it("runs on the architecture that the pod selects", () => {
    const on = (architecture: string) =>
      translate({}, { nodeSelector: { "kubernetes.io/arch": architecture } });
    expect(on("arm64").definition?.runtimePlatform?.cpuArchitecture).toBe("ARM64");
    expect(on("s390x").rejected).toEqual(['spec.nodeSelector["kubernetes.io/arch"]']);
    expect(translate({}, { nodeSelector: { "kubernetes.io/os": "windows" } }).rejected).toEqual([
      'spec.nodeSelector["kubernetes.io/os"]',
    ]);
  });

  it("I3: is started again as a sidecar as far as ECS does that", () => {
    const { definition } = translate(
      {},
      { initContainers: [{ name: "proxy", image: "p", restartPolicy: "Always" }] },
    );
    expect(definition?.containerDefinitions?.map(({ restartPolicy }) => restartPolicy)).toEqual([
      { enabled: true, restartAttemptPeriod: 60 },
      undefined,
    ]);
  });
});
