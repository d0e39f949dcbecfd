import type { PodSpec } from "@vkubelet/core";
import { acceptAnnotation } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type { BatchTranslateOptions } from "./options.ts";
import { batchTranslator } from "./translate-pod.ts";

const options: BatchTranslateOptions = {
  nodeName: "batch-1",
  region: "eu-west-1",
  jobQueue: "pods",
  executionRoleArn: "arn:role",
};
const secrets = { db: { data: { password: btoa("hunter2") } } };
const configMaps = { app: { data: { "app.yaml": "a: 1" } } };

function translate(
  fields: object,
  spec: Partial<PodSpec> = {},
  extra: Partial<BatchTranslateOptions> = {},
  accept = "",
) {
  const pod = resolvedPodOf(
    { restartPolicy: "Never", ...spec, containers: [{ name: "main", image: "a", ...fields }] },
    0,
    { secrets, configMaps },
  );
  const metadata = { ...pod.pod.metadata, annotations: { [acceptAnnotation]: accept } };
  const { requests, report } = batchTranslator.translate(
    { ...pod, pod: { ...pod.pod, metadata } },
    { ...options, ...extra },
  );
  const { containerProperties, ecsProperties } = requests?.registerJobDefinition ?? {};
  return {
    single: containerProperties,
    task: ecsProperties?.taskProperties?.[0],
    rejected: report.entries.filter((entry) => entry.disposition === "reject").map(({ path }) => path),
    json: JSON.stringify([requests, report]),
  };
}
const main = (field: string) => `spec.containers[0].${field}`;
const ec2 = { platform: "EC2" } as const;

describe("a single file of a ConfigMap", () => {
  it("is a volume in the place of the directory where the pod accepts that, and else a rejection", () => {
    const volumes = [{ name: "config", configMap: { name: "app" } }];
    const fields = { volumeMounts: [{ name: "config", mountPath: "/app/app.yaml", subPath: "app.yaml" }] };
    const path = main("volumeMounts[0].subPath");
    expect(translate(fields, { volumes }).rejected).toEqual([path]);
    const { task, rejected } = translate(fields, { volumes }, {}, path);
    expect(rejected).toEqual([]);
    expect(task?.volumes).toEqual([{ name: "vkubelet_files_0" }]);
    expect(task?.containers?.[1]?.mountPoints).toEqual([
      { sourceVolume: "vkubelet_files_0", containerPath: "/app", readOnly: true },
    ]);
  });
});

describe("a pod of one container that containerProperties cannot say", () => {
  it("has a grace of its own, beyond 120 s only on EC2", () => {
    const grace = { terminationGracePeriodSeconds: 300 };
    expect(translate({}, grace).task?.containers).toMatchObject([{ name: "main", stopTimeout: 120 }]);
    expect(translate({}, grace, ec2).task?.containers).toMatchObject([{ stopTimeout: 300 }]);
    expect(translate({}, { terminationGracePeriodSeconds: 30 }).single).toBeDefined();
  });

  it("shares namespaces, those of the host on EC2 alone", () => {
    const shared = { shareProcessNamespace: true } as Partial<PodSpec>;
    expect(translate({}, shared).task).toMatchObject({ pidMode: "task" });
    const host = { hostPID: true, hostIPC: true } as Partial<PodSpec>;
    expect(translate({}, host, ec2).task).toMatchObject({ pidMode: "host", ipcMode: "host" });
    expect(translate({}, host).rejected).toEqual(["spec.hostPID", "spec.hostIPC"]);
  });
});

describe("capabilities", () => {
  const capabilities = (value: object) => ({ securityContext: { capabilities: value } });

  it("are the common ones, no more and, where the pod accepts that, no fewer", () => {
    expect(translate(capabilities({ add: ["NET_BIND_SERVICE"] })).rejected).toEqual([]);
    expect(translate(capabilities({ add: ["NET_ADMIN"] })).rejected).toEqual([
      main("securityContext.capabilities.add"),
    ]);
    const drop = capabilities({ drop: ["ALL"] });
    expect(translate(drop).rejected).toEqual([main("securityContext.capabilities.drop")]);
    expect(translate(drop, {}, {}, "spec.containers[].securityContext.capabilities").rejected).toEqual([]);
  });
});

describe("Secrets that live at AWS", () => {
  it("are filled in by Batch", () => {
    const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }];
    const secretArns = { "shop/db/password": "arn:aws:ssm:eu-west-1:1:parameter/db" };
    const { single, json } = translate({ env }, {}, { secretArns });
    expect(single?.secrets).toEqual([{ name: "PASSWORD", valueFrom: secretArns["shop/db/password"] }]);
    expect(json).not.toContain("hunter2");
    const reserved = [{ ...env[0], name: "AWS_BATCH_X" }];
    expect(translate({ env: reserved }, {}, { secretArns }).rejected).toEqual([main("env[0].name")]);
  });
});

describe("volumes", () => {
  const mounted = (volume: object, mountPath: string): [object, Partial<PodSpec>] => [
    { volumeMounts: [{ name: "v", mountPath }] },
    { volumes: [{ name: "v", ...volume }] },
  ];
  const memory = { emptyDir: { medium: "Memory", sizeLimit: "256Mi" } };

  it("in memory are a tmpfs, and at /dev/shm the shared memory, on EC2", () => {
    expect(translate(...mounted(memory, "/cache"), ec2).single?.linuxParameters).toEqual({
      tmpfs: [{ containerPath: "/cache", size: 256, mountOptions: ["exec"] }],
    });
    expect(translate(...mounted(memory, "/dev/shm"), ec2).single?.linuxParameters).toEqual({
      sharedMemorySize: 256,
    });
    const { single } = translate(...mounted(memory, "/cache"));
    expect(single).not.toHaveProperty("linuxParameters");
    expect(single?.volumes).toEqual([{ name: "v" }]);
  });

  it("of the instance are mounted on EC2, as far as nothing must be looked at before", () => {
    const hostPath = (type?: string) => mounted({ hostPath: { path: "/data", type } }, "/d");
    expect(translate(...hostPath(), ec2).single?.volumes).toEqual([
      { name: "v", host: { sourcePath: "/data" } },
    ]);
    expect(translate(...hostPath("DirectoryOrCreate"), ec2).rejected).toEqual([]);
    expect(translate(...hostPath("Socket"), ec2).rejected).toEqual(["spec.volumes[0].hostPath.type"]);
    expect(translate(...hostPath("Socket"), ec2, "spec.volumes[0].hostPath").rejected).toEqual([]);
    expect(translate(...hostPath()).rejected).toEqual(["spec.volumes[0].hostPath"]);
  });

  it("of EFS are mounted everywhere", () => {
    const fileSystems = { "shop/data": { fileSystemId: "fs-1" } };
    const claim = mounted({ persistentVolumeClaim: { claimName: "data" } }, "/d");
    expect(translate(...claim, { fileSystems }).single?.volumes).toEqual([
      { name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption: "ENABLED" } },
    ]);
  });
});

describe("what a pod may accept", () => {
  it.each<[string, object, string]>([
    ["command as CMD", { command: ["run"], args: ["x"] }, main("command")],
    ["no working directory", { workingDir: "/srv" }, main("workingDir")],
    ["no terminal", { tty: true, stdin: true }, `${main("tty")} ${main("stdin")}`],
    ["no probes", { livenessProbe: { exec: { command: ["ok"] } } }, main("livenessProbe")],
    ["no hook", { lifecycle: { preStop: { sleep: { seconds: 1 } } } }, "spec.containers[].lifecycle"],
  ])("%s", (_name, fields, paths) => {
    expect(translate(fields).rejected).not.toEqual([]);
    expect(translate(fields, {}, {}, paths).rejected).toEqual([]);
  });

  it("with the command sent as CMD", () => {
    const { single } = translate({ command: ["run"], args: ["x"] }, {}, {}, main("command"));
    expect(single?.command).toEqual(["run", "x"]);
  });
});

describe("sizes of the whole pod", () => {
  it("beyond the containers go to the first", () => {
    const resources = { requests: { cpu: "3", memory: "3Gi" } };
    expect(translate({}, { resources }, ec2).single?.resourceRequirements).toEqual([
      { type: "VCPU", value: "3" },
      { type: "MEMORY", value: "3072" },
    ]);
  });
});

describe("another architecture than that of the queue", () => {
  it("is refused", () => {
    const nodeSelector = { "kubernetes.io/arch": "arm64" };
    expect(translate({}, { nodeSelector }).rejected).toEqual(['spec.nodeSelector["kubernetes.io/arch"]']);
    expect(translate({}, { nodeSelector }, { architecture: "arm64" }).rejected).toEqual([]);
  });
});
