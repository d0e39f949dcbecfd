import type { Container, EnvVar, PodSpec, Service } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import {
  base64,
  type Cluster,
  issuesOf,
  outcomeOf,
  podOf,
  resolvedOf,
  waitsOf,
} from "../testdata/resolve-fixture.ts";

const kubernetes: Service = {
  metadata: { namespace: "default", name: "kubernetes" },
  spec: { clusterIP: "10.0.0.1", ports: [{ name: "https", port: 443 }] },
};

const environment = (container: Partial<Container>, cluster: Cluster = {}, spec: Partial<PodSpec> = {}) =>
  resolvedOf(podOf(spec, container), cluster).containers[0]?.env ?? [];

const texts = (container: Partial<Container>, cluster: Cluster = {}, spec: Partial<PodSpec> = {}) =>
  Object.fromEntries(
    environment(container, cluster, spec)
      .filter((variable) => variable.source !== "runtime")
      .map(({ name, value }) => [name, value.parts.join("|")]),
  );

const fromConfigMap = (name: string, key: string, optional?: boolean): EnvVar => ({
  name: "V",
  valueFrom: { configMapKeyRef: { name, key, ...(optional !== undefined && { optional }) } },
});
const fromSecret = (name: string, key: string, optional?: boolean): EnvVar => ({
  name: "V",
  valueFrom: { secretKeyRef: { name, key, ...(optional !== undefined && { optional }) } },
});

describe("environment", () => {
  it("N1: services, then envFrom in order, then env in order; the later wins", () => {
    const cluster = {
      services: [kubernetes],
      configMaps: { one: { A: "1", B: "1", KUBERNETES_SERVICE_HOST: "mine" } },
      secrets: { two: { B: "2", C: "2" } },
    };
    const container: Partial<Container> = {
      envFrom: [{ configMapRef: { name: "one" } }, { secretRef: { name: "two" } }],
      env: [
        { name: "C", value: "3" },
        { name: "C", value: "4" },
      ],
    };
    expect(texts(container, cluster)).toMatchObject({
      A: "1",
      B: "2",
      C: "4",
      KUBERNETES_SERVICE_HOST: "mine",
    });
    const names = environment(container, cluster).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const sources = Object.fromEntries(
      environment(container, cluster).map(({ name, source }) => [name, source]),
    );
    expect(sources).toMatchObject({
      A: "configMap",
      B: "secret",
      C: "literal",
      KUBERNETES_SERVICE_PORT: "service",
    });
  });

  it("N2: envFrom takes prefix and key, data only, Secrets decoded", () => {
    const container: Partial<Container> = {
      envFrom: [
        { prefix: "M_", configMapRef: { name: "m" } },
        { prefix: "S_", secretRef: { name: "s" } },
      ],
    };
    const cluster = {
      configMaps: { m: { data: { "a.b-c": "x" }, binaryData: { bin: base64("no") } } },
      secrets: { s: { k: "grüße" } },
    };
    expect(texts(container, cluster)).toEqual({ "M_a.b-c": "x", S_k: "grüße" });
    const secret = environment(container, cluster).find(({ name }) => name === "S_k");
    expect(secret?.value.secret).toBe(true);
  });

  it("N2: keys that cannot be names are skipped with a warning that names them", () => {
    const container: Partial<Container> = { envFrom: [{ secretRef: { name: "s" } }] };
    const outcome = outcomeOf(podOf({}, container), { secrets: { s: { "a=b": "1", ü: "2", "a b": "3" } } });
    expect(outcome).toMatchObject({
      type: "resolved",
      warnings: [
        {
          type: "Warning",
          reason: "InvalidEnvironmentVariableNames",
          message: expect.stringMatching(/^Keys \[a=b, ü\] from the EnvFrom secret ns\/s were skipped/),
          container: "c",
        },
      ],
    });
    expect(texts(container, { secrets: { s: { "a=b": "1", "a b": "3" } } })).toEqual({ "a b": "3" });
  });

  it("N3: a missing object or key makes the container wait with the kubelet's message", () => {
    const wait = (message: string, kind: string, name: string) => ({
      container: "c",
      reason: "CreateContainerConfigError",
      message,
      object: { kind, name },
    });
    const container: Partial<Container> = {
      envFrom: [{ configMapRef: { name: "m1" } }, { secretRef: { name: "s1", optional: false } }],
      env: [
        fromConfigMap("m2", "k"),
        fromSecret("s2", "k"),
        fromConfigMap("there", "absent"),
        fromSecret("there", "absent"),
        fromConfigMap("there", "toString"),
      ],
    };
    const cluster = { configMaps: { there: { k: "" } }, secrets: { there: { k: "" } } };
    expect(waitsOf(podOf({}, container), cluster)).toEqual([
      wait('configmap "m1" not found', "ConfigMap", "m1"),
      wait('secret "s1" not found', "Secret", "s1"),
      wait('configmap "m2" not found', "ConfigMap", "m2"),
      wait('secret "s2" not found', "Secret", "s2"),
      wait("couldn't find key absent in ConfigMap ns/there", "ConfigMap", "there"),
      wait("couldn't find key absent in Secret ns/there", "Secret", "there"),
      wait("couldn't find key toString in ConfigMap ns/there", "ConfigMap", "there"),
    ]);
  });

  it("N3: what is optional is left out, and a value of envFrom stays", () => {
    const container: Partial<Container> = {
      envFrom: [
        { configMapRef: { name: "nope", optional: true } },
        { secretRef: { name: "nope", optional: true } },
        { configMapRef: { name: "m" } },
      ],
      env: [
        fromConfigMap("nope", "k", true),
        fromSecret("nope", "k", true),
        fromConfigMap("m", "absent", true),
        { ...fromSecret("nope", "k", true), name: "GONE" },
      ],
    };
    expect(texts(container, { configMaps: { m: { V: "kept" } } })).toEqual({ V: "kept" });
  });

  it("N3: a Secret that is no text waits, and its content stays out of the message", () => {
    const bytes = btoa("\xff\xfe");
    const cluster = { rawSecrets: { s: { data: { k: bytes, broken: "***" } } } };
    const container: Partial<Container> = { env: [fromSecret("s", "k"), fromSecret("s", "broken", true)] };
    expect(waitsOf(podOf({}, container), cluster).map(({ message }) => message)).toEqual([
      "key k in Secret ns/s cannot be a variable: it is not UTF-8 text",
      "key broken in Secret ns/s cannot be a variable: it is not UTF-8 text",
    ]);
    const all: Partial<Container> = { envFrom: [{ secretRef: { name: "s" } }] };
    expect(waitsOf(podOf({}, all), cluster)).toHaveLength(2);
  });

  it("N4: an empty value defines an empty variable, value and valueFrom exclude each other", () => {
    expect(texts({ env: [{ name: "E", value: "" }, { name: "F" }] })).toEqual({ E: "", F: "" });
    const both = { ...fromConfigMap("m", "k"), value: "x" };
    expect(issuesOf(podOf({}, { env: [both] }))).toEqual([
      { path: "spec.containers[0].env[0]", message: expect.stringContaining("value and valueFrom") },
    ]);
  });

  it("N5: fileKeyRef is refused by path, for nothing runs yet that could have written the file", () => {
    const fileKeyRef = { volumeName: "v", path: "env", key: "K", optional: true };
    const env = [{ name: "V", valueFrom: { fileKeyRef } }];
    const path = "spec.containers[0].env[0].valueFrom.fileKeyRef";
    expect(issuesOf(podOf({ volumes: [{ name: "v", emptyDir: {} }] }, { env }))).toEqual([
      { path, message: expect.stringContaining("before the containers run") },
    ]);
    expect(issuesOf(podOf({ volumes: [{ name: "v", configMap: { name: "m" } }] }, { env }))).toEqual([
      {
        path: `${path}.volumeName`,
        message: 'Invalid value: "v": referenced volume must be of type emptyDir',
      },
    ]);
    expect(issuesOf(podOf({}, { env: [{ name: "V", valueFrom: { fileKeyRef: {} } }] }))).toEqual([
      { path: `${path}.key`, message: "Required value" },
      { path: `${path}.path`, message: "Required value" },
      { path: `${path}.volumeName`, message: "Required value" },
      { path: `${path}.volumeName`, message: 'Not found: ""' },
    ]);
  });

  it("N6: a resolved pod does not follow later changes", () => {
    const cluster = { configMaps: { m: { k: "old" } } };
    const pod = podOf({}, { env: [fromConfigMap("m", "k")] });
    const first = resolvedOf(pod, cluster);
    expect(resolvedOf(pod, cluster)).toEqual(first);
    cluster.configMaps.m.k = "new";
    expect(first.containers[0]?.env.at(-1)?.value.parts).toEqual(["old"]);
    expect(resolvedOf(pod, cluster).containers[0]?.env.at(-1)?.value.parts).toEqual(["new"]);
  });

  it("N7: HOSTNAME is there, unless the pod defines it, and is not seen by references", () => {
    const found = environment({ env: [{ name: "A", value: "$(HOSTNAME)" }] }, {}, { hostname: "h" });
    expect(found).toEqual([
      { name: "HOSTNAME", value: { parts: ["h"], secret: false }, source: "runtime" },
      { name: "A", value: { parts: ["$(HOSTNAME)"], secret: false }, source: "literal" },
    ]);
    const own = environment({ env: [{ name: "HOSTNAME", value: "mine" }] });
    expect(own).toEqual([{ name: "HOSTNAME", value: { parts: ["mine"], secret: false }, source: "literal" }]);
  });

  it("L1: enableServiceLinks decides about the namespace's Services", () => {
    const web: Service = {
      metadata: { namespace: "ns", name: "web" },
      spec: { clusterIP: "10.0.0.2", ports: [] },
    };
    const services = [web, kubernetes];
    expect(texts({}, { services })).toHaveProperty("WEB_SERVICE_HOST");
    const without = texts({}, { services }, { enableServiceLinks: false });
    expect(without).not.toHaveProperty("WEB_SERVICE_HOST");
    expect(without).toHaveProperty("KUBERNETES_SERVICE_HOST");
  });

  it("L3: no container starts before Services were listed once", () => {
    expect(waitsOf(podOf(), { services: undefined })).toEqual([
      {
        container: "c",
        reason: "CreateContainerConfigError",
        message: "services have not yet been read at least once, cannot construct envvars",
      },
    ]);
  });

  it("D1: a path that is no field of variables is refused", () => {
    const env = [{ name: "V", valueFrom: { fieldRef: { fieldPath: "metadata.labels" } } }];
    expect(issuesOf(podOf({}, { env }))).toEqual([
      {
        path: "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
        message: expect.stringContaining('field "metadata.labels" cannot be read'),
      },
    ]);
  });

  it("D5: resources default to the own container and fall back to the pod-level limit", () => {
    const env: EnvVar[] = [
      { name: "OWN", valueFrom: { resourceFieldRef: { resource: "requests.cpu", divisor: "1m" } } },
      { name: "POD", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      { name: "NODE", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Gi" } } },
      { name: "INIT", valueFrom: { resourceFieldRef: { containerName: "i", resource: "limits.cpu" } } },
    ];
    const initContainers = [{ name: "i", resources: { limits: { cpu: "7" } } }];
    const container = { env, resources: { requests: { cpu: "300m" } } };
    const spec = { initContainers, resources: { limits: { cpu: "3" } } };
    expect(texts(container, {}, spec)).toEqual({ OWN: "300", POD: "3", NODE: "8", INIT: "7" });
    expect(environment(container, {}, spec).at(-1)?.source).toBe("resource");
  });

  it("D6: a wrong divisor, resource or container is refused by path", () => {
    const env: EnvVar[] = [
      { name: "A", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "2" } } },
      { name: "B", valueFrom: { resourceFieldRef: { resource: "limits.cpu", containerName: "nope" } } },
      { name: "C", valueFrom: {} },
    ];
    expect(issuesOf(podOf({}, { env })).map(({ path }) => path)).toEqual([
      "spec.containers[0].env[0].valueFrom.resourceFieldRef",
      "spec.containers[0].env[1].valueFrom.resourceFieldRef.containerName",
      "spec.containers[0].env[2].valueFrom",
    ]);
  });

  it("an envFrom entry that names nothing is refused", () => {
    expect(issuesOf(podOf({}, { envFrom: [{ prefix: "X" }] }))[0]?.path).toBe(
      "spec.containers[0].envFrom[0]",
    );
  });
});
