import type { Container } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { issuesOf, outcomeOf, podOf, resolvedOf, waitsOf } from "../testdata/resolve-fixture.ts";
import { resolvePod } from "./resolve-pod.ts";

const none = () => undefined;
const containerOf = (container: Partial<Container>, cluster = {}) =>
  resolvedOf(podOf({}, container), cluster).containers[0];
const plain = (...elements: string[]) => elements.map((text) => ({ parts: [text], secret: false }));
const password = {
  name: "PASSWORD",
  valueFrom: { secretKeyRef: { name: "s", key: "k" } },
};

describe("command and args", () => {
  it("V1: every element is one argument, an empty command equals none", () => {
    expect(containerOf({ command: ["a b", "; c"], args: ["|", ""] })).toMatchObject({
      command: plain("a b", "; c"),
      args: plain("|", ""),
    });
    const empty = containerOf({ command: [], args: [] });
    expect(empty).not.toHaveProperty("command");
    expect(empty).not.toHaveProperty("args");
  });

  it("V3: command and args see the final environment, service variables included", () => {
    const services = [
      { metadata: { namespace: "default", name: "kubernetes" }, spec: { clusterIP: "10.0.0.1", ports: [] } },
    ];
    const env = [
      { name: "A", value: "1" },
      { name: "A", value: "2" },
    ];
    const args = ["$(A)", "$(KUBERNETES_SERVICE_HOST)", "$(NOPE)", "$(HOSTNAME)"];
    expect(containerOf({ command: ["run-$(A)"], args, env }, { services })).toMatchObject({
      command: plain("run-2"),
      args: plain("2", "10.0.0.1", "$(NOPE)", "$(HOSTNAME)"),
    });
  });

  it("V3: an argument that refers to a secret is secret, one that refers to the pod's address is late", () => {
    const ip = { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } };
    const args = ["--password=$(PASSWORD)", "--listen=$(IP):80", "$$(PASSWORD)"];
    expect(containerOf({ args, env: [password, ip] }, { secrets: { s: { k: "hush" } } })?.args).toEqual([
      { parts: ["--password=hush"], secret: true },
      { parts: ["--listen=", { late: "status.podIP" }, ":80"], secret: false },
      { parts: ["$(PASSWORD)"], secret: false },
    ]);
  });

  it("V8: what only a backend's own language knows passes unescaped", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of another language
    const args = ["${NOMAD_ALLOC_ID}", "%{if}", "Ref::name"];
    expect(containerOf({ args })?.args).toEqual(plain(...args));
  });

  it("V7: subPathExpr is expanded, subPath and mountPath are not", () => {
    const mounts = [
      { name: "v", mountPath: "/$(A)", subPath: "$(A)" },
      { name: "v", mountPath: "/b", subPathExpr: "x/$(A)/$$(A)" },
    ];
    const pod = podOf(
      { volumes: [{ name: "v" }] },
      { env: [{ name: "A", value: "a" }], volumeMounts: mounts },
    );
    expect(resolvedOf(pod).containers[0]?.mounts).toEqual([
      { volume: "v", mountPath: "/$(A)", readOnly: false, subPath: "$(A)" },
      { volume: "v", mountPath: "/b", readOnly: false, subPath: "x/a/$(A)" },
    ]);
  });

  it("V7: an unknown or empty variable in subPathExpr makes the container wait", () => {
    const volumeMounts = [{ name: "v", mountPath: "/b", subPathExpr: "$(Z)/$(EMPTY)/$(A)" }];
    const env = [
      { name: "A", value: "a" },
      { name: "EMPTY", value: "" },
    ];
    expect(waitsOf(podOf({ volumes: [{ name: "v" }] }, { env, volumeMounts }))).toEqual([
      { container: "c", reason: "CreateContainerConfigError", message: "missing value for EMPTY, Z" },
    ]);
  });

  it("V7: a subPathExpr cannot leave the volume, be late or be secret", () => {
    const env = [
      { name: "UP", value: ".." },
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      password,
    ];
    const podWith = (subPathExpr: string) =>
      podOf(
        { volumes: [{ name: "v" }] },
        { env, volumeMounts: [{ name: "v", mountPath: "/b", subPathExpr }] },
      );
    const cluster = { secrets: { s: { k: "hush" } } };
    expect(waitsOf(podWith("a/$(UP)"), cluster)[0]?.message).toContain("must not contain '..'");
    const path = "spec.containers[0].volumeMounts[0].subPathExpr";
    expect(issuesOf(podWith("$(IP)"), cluster)).toEqual([
      { path, message: expect.stringContaining("status.hostIP") },
    ]);
    const [secret] = issuesOf(podWith("$(PASSWORD)"), cluster);
    expect(secret).toEqual({ path, message: expect.not.stringContaining("hush") });
  });

  it("M1: a literal subPath that leaves the volume is refused", () => {
    const volumeMounts = [
      { name: "v", mountPath: "/a", subPath: "/etc" },
      { name: "v", mountPath: "/b", subPath: "a/../.." },
      { name: "nope", mountPath: "/c" },
    ];
    const paths = issuesOf(podOf({ volumes: [{ name: "v" }] }, { volumeMounts })).map(({ path }) => path);
    expect(paths).toEqual([
      "spec.containers[0].volumeMounts[0].subPath",
      "spec.containers[0].volumeMounts[1].subPath",
      "spec.containers[0].volumeMounts[2].name",
    ]);
  });
});

describe("resolvePod", () => {
  it("fills in a whole pod", () => {
    const pod = podOf(
      {
        initContainers: [
          { name: "setup", image: "setup" },
          { name: "proxy", image: "proxy@sha256:ab", restartPolicy: "Always" },
        ],
        volumes: [{ name: "v", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } }],
        terminationGracePeriodSeconds: 5,
      },
      {
        workingDir: "/srv",
        resources: { limits: { cpu: "1" } },
        volumeMounts: [{ name: "v", mountPath: "/v" }],
      },
    );
    const env = [{ name: "HOSTNAME", value: { parts: ["p"], secret: false }, source: "runtime" }];
    const common = { env, mounts: [], resources: { requests: {}, limits: {} } };
    expect(resolvedOf(pod, { attempt: 3 })).toEqual({
      ref: { namespace: "ns", name: "p", uid: "uid-1" },
      attempt: 3,
      pod,
      hostname: "p",
      network: { kernelHostname: "p", hostAliases: [] },
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 5,
      pullCredentials: [],
      volumes: [{ name: "v", type: "emptyDir", medium: "Memory", sizeLimitBytes: 1_048_576n }],
      initContainers: [
        {
          ...common,
          name: "setup",
          kind: "init",
          image: "setup",
          imagePullPolicy: "Always",
          restartPolicy: "OnFailure",
        },
        {
          ...common,
          name: "proxy",
          kind: "sidecar",
          image: "proxy@sha256:ab",
          imagePullPolicy: "IfNotPresent",
          restartPolicy: "Always",
        },
      ],
      containers: [
        {
          name: "c",
          kind: "main",
          image: "app:1",
          imagePullPolicy: "IfNotPresent",
          workingDir: "/srv",
          env,
          resources: { requests: { cpu: "1" }, limits: { cpu: "1" } },
          mounts: [{ volume: "v", mountPath: "/v", readOnly: false }],
          restartPolicy: "Always",
        },
      ],
    });
  });

  it("I2: an ordinary init container is never run again after success", () => {
    const policies = (restartPolicy: "Always" | "OnFailure" | "Never") =>
      resolvedOf(podOf({ restartPolicy, initContainers: [{ name: "i" }] })).initContainers[0]?.restartPolicy;
    expect(policies("Always")).toBe("OnFailure");
    expect(policies("OnFailure")).toBe("OnFailure");
    expect(policies("Never")).toBe("Never");
  });

  it("B8: a container's own restart policy wins over the pod's", () => {
    const pod = podOf({ restartPolicy: "Always" }, { restartPolicy: "Never" });
    expect(resolvedOf(pod).containers[0]?.restartPolicy).toBe("Never");
  });

  it("U2: the grace period defaults to 30 seconds, a negative one means 1", () => {
    const grace = (spec = {}) => resolvedOf(podOf(spec)).terminationGracePeriodSeconds;
    expect(grace()).toBe(30);
    expect(grace({ terminationGracePeriodSeconds: 0 })).toBe(0);
    expect(grace({ terminationGracePeriodSeconds: -5 })).toBe(1);
  });

  it("names everything that can never work in one InvalidInput, in words that fit an event", () => {
    const wrong: Container = {
      name: "c",
      resources: { requests: { cpu: "one" } },
      env: Array.from({ length: 20 }, (_, index) => ({
        name: `V${index}`,
        valueFrom: { fieldRef: { fieldPath: "spec.nowhere" } },
      })),
    };
    const pod = {
      spec: { containers: [wrong], overhead: { memory: "1X" }, resources: { limits: { cpu: "y" } } },
    };
    const paths = issuesOf(pod).map(({ path }) => path);
    expect(paths).toHaveLength(25);
    expect(paths).toEqual(
      expect.arrayContaining([
        "metadata.name",
        "metadata.uid",
        "spec.containers[0].resources.requests.cpu",
        "spec.overhead.memory",
        "spec.resources.limits.cpu",
      ]),
    );
    expect(() => outcomeOf(pod)).toThrow(/^pod default\/ cannot be resolved: metadata\.name: is missing; /);
    try {
      outcomeOf(pod);
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(1024);
    }
    expect(issuesOf({ metadata: { name: "p", uid: "u" } })).toEqual([
      { path: "spec.containers", message: "is empty" },
    ]);
  });

  it("collects the waits of all containers and volumes in one answer", () => {
    const envFrom = [{ configMapRef: { name: "m" } }];
    const pod = podOf(
      { initContainers: [{ name: "i", envFrom }], volumes: [{ name: "v", secret: { secretName: "s" } }] },
      { envFrom },
    );
    expect(waitsOf(pod).map(({ container, volume, reason }) => [container ?? volume, reason])).toEqual([
      ["v", "FailedMount"],
      ["i", "CreateContainerConfigError"],
      ["c", "CreateContainerConfigError"],
    ]);
  });

  it("passes kinds of volumes that are not its own on as they stand", () => {
    const volumes = [
      { name: "host", hostPath: { path: "/srv" } },
      { name: "claim", persistentVolumeClaim: { claimName: "data" } },
      { name: "huge", emptyDir: { medium: "HugePages-2Mi" } },
      { name: "bare" },
      { name: "limitless", emptyDir: { sizeLimit: "0" } },
    ];
    const resources = { limits: { "hugepages-2Mi": "4Mi" } };
    expect(resolvedOf(podOf({ volumes }, { resources })).volumes).toEqual([
      { name: "host", type: "reference", kind: "hostPath", source: { path: "/srv" } },
      {
        name: "claim",
        type: "reference",
        kind: "persistentVolumeClaim",
        source: { claimName: "data" },
        claimName: "data",
      },
      { name: "huge", type: "reference", kind: "emptyDir", source: { medium: "HugePages-2Mi" } },
      { name: "bare", type: "emptyDir", medium: "" },
      { name: "limitless", type: "emptyDir", medium: "" },
    ]);
    const limited = podOf({ volumes: [{ name: "v", emptyDir: { sizeLimit: "big" } }] });
    expect(issuesOf(limited)[0]?.path).toBe("spec.volumes[0].emptyDir.sizeLimit");
  });

  it("A6: containers wait for images that are none, all of them, where the backend runs images", () => {
    const initContainers = [{ name: "i", image: "a:b:c" }];
    const pod = podOf({ initContainers }, { name: "c", image: "" });
    const inputs = {
      attempt: 0,
      configMap: none,
      secret: none,
      services: [],
      nodeAllocatable: {},
      token: none,
    };
    const outcome = resolvePod(pod, { ...inputs, runsImages: true });
    const fault = (image: string) =>
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    expect(outcome).toEqual({
      type: "waiting",
      waits: [
        { container: "i", reason: "InvalidImageName", message: fault("a:b:c") },
        { container: "c", reason: "InvalidImageName", message: fault("") },
      ],
    });
    expect(resolvePod(pod, inputs).type).toBe("resolved");
  });

  it("leaves the pod that it was given as it was", () => {
    const deepFreeze = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      Object.freeze(value);
      Object.values(value).forEach(deepFreeze);
    };
    const pod = podOf({ volumes: [{ name: "v", configMap: { name: "m" } }] }, { args: ["$(A)"] });
    deepFreeze(pod);
    expect(resolvedOf(pod, { configMaps: { m: { k: "x" } } }).pod).toBe(pod);
  });
});
