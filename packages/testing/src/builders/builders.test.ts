import { describe, expect, it } from "vitest";
import { testPodUid } from "../test-pod-uid.ts";
import { containerBuilder } from "./container-builder.ts";
import { configMapOf, secretOf, serviceOf } from "./objects.ts";
import { podBuilder } from "./pod-builder.ts";
import { deploymentBuilder, jobBuilder } from "./workload-builders.ts";

const main = containerBuilder("main", "nginx:1");

describe("containerBuilder", () => {
  it("builds plain JSON of what was said and nothing else", () => {
    expect(main.build()).toEqual({ name: "main", image: "nginx:1" });
    const container = main
      .command("nginx", "-g")
      .args("daemon off;")
      .env({ MODE: "fast", LEVEL: { configMap: "settings", key: "level" } })
      .env({ KEY: { secret: "keys", key: "api" }, NODE: { field: "spec.nodeName" } })
      .envFrom({ secret: "keys" }, "K_")
      .envFrom({ configMap: "settings" })
      .requests({ cpu: "1" })
      .limits({ memory: "1Gi" })
      .livenessProbe({ httpGet: { port: 80 } })
      .readinessProbe({ tcpSocket: { port: 80 } })
      .startupProbe({ exec: { command: ["true"] } })
      .port(80, "http")
      .port(81)
      .mount("data", "/data", { readOnly: true })
      .with({ workingDir: "/srv" })
      .build();
    expect(JSON.parse(JSON.stringify(container))).toEqual(container);
    expect(container).toEqual({
      name: "main",
      image: "nginx:1",
      command: ["nginx", "-g"],
      args: ["daemon off;"],
      env: [
        { name: "MODE", value: "fast" },
        { name: "LEVEL", valueFrom: { configMapKeyRef: { name: "settings", key: "level" } } },
        { name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "api" } } },
        { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ],
      envFrom: [{ prefix: "K_", secretRef: { name: "keys" } }, { configMapRef: { name: "settings" } }],
      resources: { requests: { cpu: "1" }, limits: { memory: "1Gi" } },
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { tcpSocket: { port: 80 } },
      startupProbe: { exec: { command: ["true"] } },
      ports: [{ containerPort: 80, name: "http" }, { containerPort: 81 }],
      volumeMounts: [{ name: "data", mountPath: "/data", readOnly: true }],
      workingDir: "/srv",
    });
  });

  it("leaves each step as it was", () => {
    const base = main.env({ A: "1" });
    base.env({ B: "2" });
    expect(base.build().env).toEqual([{ name: "A", value: "1" }]);
    expect(base.build()).not.toBe(base.build());
  });
});

describe("podBuilder", () => {
  it("collects containers, volumes and metadata", () => {
    const pod = podBuilder("job")
      .namespace("shop")
      .labels({ app: "a" })
      .annotations({ note: "b" })
      .containers(main, { name: "second", image: "i" })
      .initContainers(containerBuilder("first", "i"))
      .sidecars(containerBuilder("proxy", "i"))
      .restartPolicy("Never")
      .emptyDir("cache", { medium: "Memory" })
      .configMapVolume("settings", "settings")
      .secretVolume("keys", "keys")
      .with({ hostNetwork: true })
      .build();
    expect(pod).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "job",
        namespace: "shop",
        uid: testPodUid,
        labels: { app: "a" },
        annotations: { note: "b" },
      },
      spec: {
        containers: [
          { name: "main", image: "nginx:1" },
          { name: "second", image: "i" },
        ],
        initContainers: [
          { name: "first", image: "i" },
          { name: "proxy", image: "i", restartPolicy: "Always" },
        ],
        restartPolicy: "Never",
        volumes: [
          { name: "cache", emptyDir: { medium: "Memory" } },
          { name: "settings", configMap: { name: "settings" } },
          { name: "keys", secret: { secretName: "keys" } },
        ],
        hostNetwork: true,
      },
    });
  });

  it("leaves each step as it was", () => {
    const base = podBuilder().labels({ a: "1" });
    base.labels({ b: "2" }).containers(main);
    expect(base.build()).toMatchObject({ metadata: { labels: { a: "1" } }, spec: { containers: [] } });
    expect(base.build().metadata?.labels).toEqual({ a: "1" });
  });
});

describe("deploymentBuilder and jobBuilder", () => {
  it("make a Deployment that selects its pods", () => {
    const pod = podBuilder().labels({ tier: "front" }).containers(main);
    const deployment = deploymentBuilder("web", pod).namespace("shop").with({ replicas: 3 }).build();
    expect(deployment).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { tier: "front", app: "web" } },
          spec: { containers: [{ name: "main", image: "nginx:1" }] },
        },
      },
    });
  });

  it("make a Job that the API takes", () => {
    const pod = podBuilder().containers(main);
    expect(jobBuilder("work", pod).with({ completions: 2 }).build()).toEqual({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "work", namespace: "default" },
      spec: {
        completions: 2,
        template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "nginx:1" }] } },
      },
    });
    const onFailure = jobBuilder("work", pod.restartPolicy("OnFailure")).build();
    expect(onFailure.spec.template.spec.restartPolicy).toBe("OnFailure");
  });
});

describe("objects", () => {
  it("are what the API holds", () => {
    expect(configMapOf("settings", { a: "1" })).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings", namespace: "default" },
      data: { a: "1" },
    });
    expect(secretOf("keys", { api: "sësame" }, "shop")).toMatchObject({
      type: "Opaque",
      metadata: { namespace: "shop" },
      data: { api: "c8Orc2FtZQ==" },
    });
    expect(serviceOf("web", { http: 80 }).spec).toEqual({
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
    });
    expect(serviceOf("web", { "": 80 }).spec?.ports).toEqual([{ port: 80, protocol: "TCP" }]);
  });
});
