import type { PodSpec, ResolvedPod } from "@vkubelet/core";
import type { Translation } from "@vkubelet/pod";
import { resolvedPodOf, testPodUid as uid } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import type { FargateTranslateOptions } from "./options.ts";
import type { FargateRequests } from "./requests.ts";
import { fargateTranslator } from "./translate-pod.ts";

const options: FargateTranslateOptions = {
  nodeName: "fargate.example",
  region: "eu-west-1",
  cluster: "pods",
  subnets: ["subnet-2", "subnet-1"],
  securityGroups: ["sg-1"],
  executionRoleArn: "arn:aws:iam::1:role/execution",
  logs: { group: "/pods" },
};

function translate(
  spec: PodSpec,
  extra: Partial<FargateTranslateOptions> = {},
): Translation<FargateRequests> {
  return fargateTranslator.translate(resolvedPodOf(spec), { ...options, ...extra });
}
function requestsOf(
  translation: Translation<FargateRequests>,
): NonNullable<Translation<FargateRequests>["requests"]> {
  if (!translation.requests) throw new Error(JSON.stringify(translation.report.entries));
  return translation.requests;
}
const rejections = ({ report }: Translation<FargateRequests>) =>
  report.entries.filter(({ disposition }) => disposition === "reject").map(({ path }) => path);

const web: PodSpec = {
  restartPolicy: "Never",
  terminationGracePeriodSeconds: 60,
  containers: [
    {
      name: "main",
      image: "nginx:1",
      command: ["/bin/server"],
      args: ["--port=80"],
      workingDir: "/srv",
      ports: [{ containerPort: 80 }, { containerPort: 53, protocol: "UDP" }],
      env: [
        { name: "MODE", value: "prod" },
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ],
      resources: { requests: { cpu: "500m", memory: "600Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    },
  ],
};

describe("a pod of one container", () => {
  it("becomes one definition and one task", () => {
    const { registerTaskDefinition, runTask } = requestsOf(translate(web));
    const { family, ...definition } = registerTaskDefinition;
    expect(family).toMatch(/^vk-[0-9a-f]{40}$/);
    expect(definition).toEqual({
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "512",
      memory: "1024",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
      executionRoleArn: "arn:aws:iam::1:role/execution",
      containerDefinitions: [
        {
          name: "main",
          image: "nginx:1",
          essential: true,
          entryPoint: ["/bin/server"],
          command: ["--port=80"],
          workingDirectory: "/srv",
          cpu: 512,
          memory: 1024,
          memoryReservation: 600,
          stopTimeout: 60,
          portMappings: [
            { containerPort: 80, protocol: "tcp" },
            { containerPort: 53, protocol: "udp" },
          ],
          environment: [{ name: "MODE", value: "prod" }],
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/pods",
              "awslogs-region": "eu-west-1",
              "awslogs-stream-prefix": "vkubelet",
              mode: "blocking",
            },
          },
        },
      ],
    });
    expect(runTask).toEqual({
      cluster: "pods",
      taskDefinition: family,
      count: 1,
      launchType: "FARGATE",
      platformVersion: "LATEST",
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ["subnet-2", "subnet-1"],
          securityGroups: ["sg-1"],
          assignPublicIp: "DISABLED",
        },
      },
      overrides: {
        containerOverrides: [
          {
            name: "main",
            environment: expect.arrayContaining([
              { name: "POD", value: "web-7f" },
              { name: "HOSTNAME", value: "web-7f" },
              { name: "VKUBELET_POD_NAMESPACE", value: "shop" },
              { name: "VKUBELET_POD_NAME", value: "web-7f" },
              { name: "VKUBELET_POD_UID", value: uid },
              { name: "VKUBELET_ATTEMPT", value: "0" },
            ]),
          },
        ],
      },
      startedBy: `vk/fargate_example/${uid}`,
      clientToken: `${uid}.0`,
    });
  });

  it("is translated the same every time, byte for byte", () => {
    expect(JSON.stringify(translate(web))).toBe(JSON.stringify(translate(structuredClone(web))));
  });

  it("shares its definition with its siblings, and not with another pod", () => {
    const family = (pod: ResolvedPod) =>
      requestsOf(fargateTranslator.translate(pod, options)).registerTaskDefinition.family;
    expect(family(resolvedPodOf(web, 0, {}, "web-8g"))).toBe(family(resolvedPodOf(web, 3)));
    expect(family(resolvedPodOf({ ...web, terminationGracePeriodSeconds: 61 }))).not.toBe(
      family(resolvedPodOf(web)),
    );
  });

  it("can run on Spot, on ARM and with a public address", () => {
    const spot = requestsOf(
      translate(web, { capacityProvider: "FARGATE_SPOT", architecture: "arm64", assignPublicIp: true }),
    );
    expect(spot.runTask).not.toHaveProperty("launchType");
    expect(spot.runTask).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: "ENABLED" } },
    });
    expect(spot.registerTaskDefinition.runtimePlatform?.cpuArchitecture).toBe("ARM64");
  });
});

describe("limits of ECS", () => {
  const withEnv = (count: number, value: string) => ({
    containers: [
      {
        name: "main",
        image: "a",
        env: Array.from({ length: count }, (_, index) => ({ name: `V${index}`, value })),
      },
    ],
  });

  it("Z2: puts per-pod values into the definition when they do not fit into overrides", () => {
    const { runTask, registerTaskDefinition } = requestsOf(
      translate(withEnv(100, `${uid}${"x".repeat(80)}`)),
    );
    expect(JSON.stringify(runTask.overrides).length).toBeLessThanOrEqual(8192);
    expect(registerTaskDefinition.containerDefinitions?.[0]?.environment).toHaveLength(101);
    expect(JSON.stringify(runTask.overrides)).toContain("VKUBELET_POD_UID");
  });

  it("Z2: refuses a definition above 64 KiB", () => {
    expect(rejections(translate(withEnv(70, "x".repeat(1000))))).toEqual(["spec.containers"]);
  });

  it("Z2: refuses a pod larger than the largest task, and storage above 200 GiB", () => {
    const sized = (requests: Record<string, string>) =>
      rejections(translate({ containers: [{ name: "main", image: "a", resources: { requests } }] }));
    expect(sized({ cpu: "33" })).toEqual(["spec.containers"]);
    expect(sized({ "ephemeral-storage": "201Gi" })).toEqual(["spec.containers"]);
    const big = { "ephemeral-storage": "20.5Gi" };
    const fits = translate({ containers: [{ name: "main", image: "a", resources: { limits: big } }] });
    expect(requestsOf(fits).registerTaskDefinition.ephemeralStorage).toEqual({ sizeInGiB: 21 });
  });

  it("E8: gives init containers no share of their own", () => {
    const resources = { requests: { cpu: "2", memory: "4Gi" } };
    const { registerTaskDefinition } = requestsOf(
      translate({
        initContainers: [{ name: "init", image: "i", resources }],
        containers: [{ name: "main", image: "a" }],
      }),
    );
    expect(registerTaskDefinition).toMatchObject({ cpu: "2048", memory: "4096" });
    expect(registerTaskDefinition.containerDefinitions?.[0]).toMatchObject({ memoryReservation: 6 });
    expect(registerTaskDefinition.containerDefinitions?.[0]).not.toHaveProperty("cpu");
  });
});

describe("E8: what is asked for is exact where it is a size of Fargate", () => {
  const requestsOfReport = (resources: PodSpec["containers"][number]["resources"], spec: object = {}) =>
    translate({ containers: [{ name: "main", image: "a", ...(resources && { resources }) }], ...spec })
      .report.entries.filter(({ path }) => path.includes("requests"))
      .map(({ path, disposition, reason }) => [path.split("requests.")[1], disposition, reason]);
  const exact = "counts for the size of the task: the next that Fargate has";

  it("of a container", () => {
    expect(requestsOfReport({ requests: { cpu: "500m", memory: "1Gi" } })).toEqual([
      ["cpu", "exact", exact],
      ["memory", "exact", exact],
    ]);
    expect(
      requestsOfReport({ requests: { cpu: "300m", memory: "1Gi", "ephemeral-storage": "5Gi" } }),
    ).toEqual([
      ["cpu", "approx", "the task's CPU is rounded up from 300m to 500m"],
      ["memory", "exact", exact],
      ["ephemeral-storage", "approx", "the task's storage is rounded up from 5 GiB to 20 GiB"],
    ]);
  });

  it("of the pod as a whole", () => {
    const resources = { requests: { cpu: "1", memory: "3000Mi" } };
    expect(requestsOfReport(undefined, { resources })).toEqual([
      ["cpu", "exact", "the size of the task"],
      ["memory", "approx", "the task's memory is rounded up from 3000 MiB to 3072 MiB"],
    ]);
  });
});

describe("what is not honoured is named", () => {
  it.each<[string, Partial<PodSpec["containers"][number]>, readonly string[]]>([
    [
      "capabilities",
      { securityContext: { capabilities: { add: ["NET_ADMIN"] } } },
      [".securityContext.capabilities.add"],
    ],
    ["privileged", { securityContext: { privileged: true } }, [".securityContext.privileged"]],
    ["a host port of its own", { ports: [{ containerPort: 80, hostPort: 8080 }] }, [".ports[0].hostPort"]],
    ["SCTP", { ports: [{ containerPort: 80, protocol: "SCTP" }] }, [".ports[0].protocol"]],
    ["GPUs", { resources: { limits: { "nvidia.com/gpu": "1" } } }, ['.resources.limits["nvidia.com/gpu"]']],
    ["an unknown field", { livenesProbe: {} } as never, [".livenesProbe"]],
  ])("%s", (_name, fields, paths) => {
    const translation = translate({ containers: [{ name: "main", image: "a", ...fields }] });
    expect(translation.requests).toBeUndefined();
    expect(rejections(translation)).toEqual(paths.map((path) => `spec.containers[0]${path}`));
  });

  it("pod fields", () => {
    const spec = {
      hostNetwork: true,
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["1.1.1.1"] },
      hostAliases: [{ ip: "1.2.3.4", hostnames: ["a"] }],
      securityContext: { supplementalGroups: [5], sysctls: [{ name: "a", value: "b" }] },
      containers: [{ name: "main", image: "a" }],
    };
    const paths = [
      "hostNetwork",
      "dnsPolicy",
      "dnsConfig",
      "hostAliases",
      "securityContext.supplementalGroups",
    ];
    for (const path of paths) {
      expect(rejections(translate(spec)).some((rejected) => rejected.startsWith(`spec.${path}`))).toBe(true);
    }
    expect(rejections(translate(spec))).toHaveLength(6);
  });

  it("accepts what the API server defaults in", () => {
    const translation = translate({
      dnsPolicy: "ClusterFirst",
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
      priority: 0,
      restartPolicy: "Always",
      schedulerName: "default-scheduler",
      securityContext: {},
      serviceAccountName: "default",
      terminationGracePeriodSeconds: 30,
      tolerations: [{ key: "a", operator: "Exists" }],
      containers: [
        {
          name: "main",
          image: "a",
          imagePullPolicy: "IfNotPresent",
          resources: {},
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "File",
        },
      ],
    } as PodSpec);
    expect(rejections(translation)).toEqual([]);
    expect(translation.requests).toBeDefined();
  });

  it("Z2: caps the grace period at 120 s and says so", () => {
    const translation = translate({ ...web, terminationGracePeriodSeconds: 600 });
    expect(requestsOf(translation).registerTaskDefinition.containerDefinitions?.[0]?.stopTimeout).toBe(120);
    expect(translation.report.entries).toContainEqual(
      expect.objectContaining({ path: "spec.terminationGracePeriodSeconds", disposition: "approx" }),
    );
  });
});

describe("registry credentials", () => {
  const pod = { ...resolvedPodOf({ containers: [{ name: "main", image: "ghcr.io/org/app:1" }] }) };
  const withSecret = { ...pod, pullCredentials: [{ registry: "ghcr.io", username: "u", password: "p" }] };

  it("come from Secrets Manager, by the longest registry", () => {
    const registryCredentials = { "ghcr.io": "arn:host", "ghcr.io/org": "arn:org" };
    const { registerTaskDefinition } = requestsOf(
      fargateTranslator.translate(pod, { ...options, registryCredentials }),
    );
    expect(registerTaskDefinition.containerDefinitions?.[0]?.repositoryCredentials).toEqual({
      credentialsParameter: "arn:org",
    });
  });

  it("that only the cluster has are refused with the way out, without the password", () => {
    const translation = fargateTranslator.translate(withSecret, options);
    expect(rejections(translation)).toEqual(["spec.imagePullSecrets"]);
    expect(JSON.stringify(translation)).not.toContain('"p"');
  });
});
