import type { PodSpec } from "@vkubelet/core";
import type { Translation } from "@vkubelet/pod";
import { resolvedPodOf, testPodUid as uid } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type { BatchTranslateOptions } from "./options.ts";
import type { BatchRequests } from "./requests.ts";
import { batchTranslator } from "./translate-pod.ts";

const options: BatchTranslateOptions = {
  nodeName: "batch-1",
  region: "eu-west-1",
  jobQueue: "pods",
  executionRoleArn: "arn:aws:iam::1:role/execution",
};

function translate(spec: PodSpec, extra: Partial<BatchTranslateOptions> = {}): Translation<BatchRequests> {
  return batchTranslator.translate(resolvedPodOf({ restartPolicy: "Never", ...spec }), {
    ...options,
    ...extra,
  });
}
function requestsOf(
  translation: Translation<BatchRequests>,
): NonNullable<Translation<BatchRequests>["requests"]> {
  if (!translation.requests) throw new Error(JSON.stringify(translation.report.entries));
  return translation.requests;
}
const rejections = ({ report }: Translation<BatchRequests>) =>
  report.entries.filter(({ disposition }) => disposition === "reject").map(({ path }) => path);

const job: PodSpec = {
  activeDeadlineSeconds: 5,
  containers: [
    {
      name: "main",
      image: "worker:1",
      args: ["--all"],
      env: [{ name: "MODE", value: "prod" }],
      resources: { requests: { cpu: "600m" }, limits: { memory: "1500Mi" } },
    },
  ],
};

/** ECS counts the environment of a container as a whole where one variable of it is overridden. */
it("values that do not fit into overrides together stand in the definition", () => {
  const withEnv = (value: string) => {
    const env = [
      { name: "SHARED", value },
      { name: "OWN", value: `pod ${uid}` },
    ];
    const { registerJobDefinition, submitJob } = requestsOf(
      translate({ ...job, containers: [{ name: "main", image: "worker:1", env }] }),
    );
    const below = registerJobDefinition.containerProperties?.environment;
    const above = submitJob.containerOverrides?.environment;
    return [below, above].map((entries) => entries?.map(({ name }) => name));
  };
  expect(withEnv("x".repeat(100))).toEqual([["SHARED"], ["HOSTNAME", "OWN"]]);
  expect(withEnv("x".repeat(7000))).toEqual([["HOSTNAME", "SHARED", "OWN"], undefined]);
});

describe("a pod of one container", () => {
  it("becomes a job with containerProperties", () => {
    const { registerJobDefinition, submitJob } = requestsOf(translate(job));
    const { jobDefinitionName, ...definition } = registerJobDefinition;
    expect(jobDefinitionName).toMatch(/^vk-[0-9a-f]{40}$/);
    expect(definition).toEqual({
      type: "container",
      platformCapabilities: ["FARGATE"],
      retryStrategy: { attempts: 1 },
      containerProperties: {
        image: "worker:1",
        command: ["--all"],
        environment: [{ name: "MODE", value: "prod" }],
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "2048" },
        ],
        executionRoleArn: "arn:aws:iam::1:role/execution",
        networkConfiguration: { assignPublicIp: "DISABLED" },
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
        fargatePlatformConfiguration: { platformVersion: "LATEST" },
      },
    });
    expect(submitJob).toEqual({
      jobName: expect.stringMatching(new RegExp(`^vk-[0-9a-f]{8}-${uid}-0$`)),
      jobQueue: "pods",
      jobDefinition: jobDefinitionName,
      parameters: {
        vkubelet_namespace: "shop",
        vkubelet_name: "web-7f",
        vkubelet_uid: uid,
        vkubelet_attempt: "0",
        vkubelet_container: "main",
      },
      containerOverrides: { environment: [{ name: "HOSTNAME", value: "web-7f" }] },
      timeout: { attemptDurationSeconds: 60 },
    });
  });

  it("is translated the same every time, byte for byte", () => {
    expect(JSON.stringify(translate(job))).toBe(JSON.stringify(translate(structuredClone(job))));
  });

  it("shares its definition with its siblings", () => {
    const name = (pod: string) => {
      const translation = batchTranslator.translate(
        resolvedPodOf({ restartPolicy: "Never", ...job }, 1, {}, pod),
        options,
      );
      return requestsOf(translation).registerJobDefinition.jobDefinitionName;
    };
    expect(name("a-1")).toBe(name("b-2"));
  });

  it("gets whole cores and GPUs on EC2, and no settings of Fargate", () => {
    const limits = { "nvidia.com/gpu": "2", cpu: "1500m", memory: "4Gi" };
    const spec = { containers: [{ name: "main", image: "a", resources: { limits } }] };
    const { containerProperties } = requestsOf(translate(spec, { platform: "EC2" })).registerJobDefinition;
    expect(containerProperties).toEqual({
      image: "a",
      executionRoleArn: "arn:aws:iam::1:role/execution",
      resourceRequirements: [
        { type: "VCPU", value: "2" },
        { type: "MEMORY", value: "4096" },
        { type: "GPU", value: "2" },
      ],
    });
    expect(rejections(translate(spec))).toEqual(['spec.containers[0].resources.limits["nvidia.com/gpu"]']);
  });
});

it.each<["FARGATE" | "EC2", string, string, readonly string[]]>([
  ["FARGATE", "250m", "512Mi", []],
  ["EC2", "2", "600Mi", []],
  [
    "FARGATE",
    "300m",
    "600Mi",
    [
      "300m become 500m: one number is both request and limit, in the steps that there are",
      "600 MiB become 1024 MiB: one number is both request and limit, in the steps that there are",
    ],
  ],
  [
    "EC2",
    "300m",
    "600Mi",
    ["300m become 1000m: one number is both request and limit, in the steps that there are"],
  ],
])(
  "on %s, %s and %s are approximated where the container gets other numbers",
  (platform, cpu, memory, reasons) => {
    const resources = { requests: { cpu, memory } };
    const { report } = translate({ containers: [{ name: "main", image: "a", resources }] }, { platform });
    const entries = report.entries.filter(({ path }) => path.includes("requests"));
    expect(entries).toHaveLength(2);
    expect(entries.filter(({ disposition }) => disposition === "approx").map(({ reason }) => reason)).toEqual(
      reasons,
    );
  },
);

describe("command and the image's ENTRYPOINT", () => {
  const spec = { containers: [{ name: "main", image: "a", command: ["sh", "-c"], args: ["true"] }] };

  it("is refused, with the ways out", () => {
    const translation = translate(spec);
    expect(rejections(translation)).toEqual(["spec.containers[0].command"]);
    const entry = translation.report.entries.find(({ disposition }) => disposition === "reject");
    expect(entry?.reason).toContain('entryPoint: "assume-none"');
  });

  it("is sent as CMD where the options vouch for the images, and reported as approximated", () => {
    const translation = translate(spec, { entryPoint: "assume-none" });
    expect(requestsOf(translation).registerJobDefinition.containerProperties?.command).toEqual([
      "sh",
      "-c",
      "true",
    ]);
    expect(translation.report.entries).toContainEqual(
      expect.objectContaining({ path: "spec.containers[0].command", disposition: "approx" }),
    );
  });
});

describe("a pod of several containers", () => {
  it("becomes a job with ecsProperties whose sizes sum up to one that exists", () => {
    const { registerJobDefinition, submitJob } = requestsOf(
      translate({
        terminationGracePeriodSeconds: 300,
        initContainers: [{ name: "init", image: "i" }],
        containers: [{ name: "main", image: "m", args: ["pod web-7f"] }],
      }),
    );
    const [task] = registerJobDefinition.ecsProperties?.taskProperties ?? [];
    expect(registerJobDefinition).not.toHaveProperty("containerProperties");
    expect(task?.containers).toMatchObject([
      { name: "init", essential: false, stopTimeout: 120 },
      {
        name: "main",
        essential: true,
        dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
        stopTimeout: 120,
      },
    ]);
    const sum = (type: string) =>
      (task?.containers ?? [])
        .flatMap(({ resourceRequirements }) => resourceRequirements ?? [])
        .reduce((total, entry) => total + (entry.type === type ? Number(entry.value) : 0), 0);
    expect([sum("VCPU"), sum("MEMORY")]).toEqual([0.5, 1024]);
    expect(submitJob.ecsPropertiesOverride?.taskProperties?.[0]?.containers).toMatchObject([
      { name: "init", environment: [{ name: "HOSTNAME", value: "web-7f" }] },
      { name: "main", command: ["pod web-7f"] },
    ]);
  });
});

describe("what is not honoured is named", () => {
  it.each<[string, object, readonly string[]]>([
    ["a working directory", { workingDir: "/srv" }, [".workingDir"]],
    ["a terminal", { tty: true }, [".tty"]],
    [
      "capabilities",
      { securityContext: { capabilities: { drop: ["ALL"] } } },
      [".securityContext.capabilities.drop"],
    ],
    ["reserved names", { env: [{ name: "AWS_BATCH_X", value: "1" }] }, [".env[0].name"]],
    ["a text that Batch would replace", { args: ["Ref::vkubelet_uid"] }, [".args"]],
    ["an unknown field", { volumMounts: [{}] }, [".volumMounts"]],
  ])("%s", (_name, fields, paths) => {
    const translation = translate({ containers: [{ name: "main", image: "a", ...fields }] });
    expect(translation.requests).toBeUndefined();
    expect(rejections(translation)).toEqual(paths.map((path) => `spec.containers[0]${path}`));
  });

  it("a pod that restarts for ever, even when the policy is only the default", () => {
    expect(
      rejections(
        batchTranslator.translate(resolvedPodOf({ containers: [{ name: "main", image: "a" }] }), options),
      ),
    ).toEqual(["spec.restartPolicy"]);
    expect(
      rejections(translate({ restartPolicy: "OnFailure", containers: [{ name: "m", image: "a" }] })),
    ).toEqual([]);
  });

  it("Z3: a definition above 24 KiB", () => {
    const env = Array.from({ length: 30 }, (_, index) => ({ name: `V${index}`, value: "x".repeat(1000) }));
    expect(rejections(translate({ containers: [{ name: "main", image: "a", env }] }))).toEqual([
      "spec.containers",
    ]);
  });
});
