import type { Container, EnvVar, PodSpec, Service } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { type Cluster, podOf, resolvedOf } from "../testdata/resolve-fixture.ts";

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

describe("expansion in the environment", () => {
  it("V4: a value sees envFrom keys, earlier entries and service variables, never later ones", () => {
    const env = [
      { name: "EARLY", value: "$(FROM)+$(LATE)+$(KUBERNETES_SERVICE_HOST)" },
      { name: "LATE", value: "late" },
      fromSecret("s", "k"),
      { name: "ALL", value: "$(EARLY),$(LATE),$(V)" },
      { name: "LATE", value: "$(LATE)r" },
    ];
    const cluster = {
      configMaps: { m: { FROM: "from" } },
      secrets: { s: { k: "hush" } },
      services: [kubernetes],
    };
    const found = texts({ envFrom: [{ configMapRef: { name: "m" } }], env }, cluster);
    expect(found["EARLY"]).toBe("from+$(LATE)+10.0.0.1");
    expect(found["ALL"]).toBe("from+$(LATE)+10.0.0.1,late,hush");
    expect(found["LATE"]).toBe("later");
  });

  it("V4: what contains a value of a Secret is secret, what comes late stays late", () => {
    const env: EnvVar[] = [
      { ...fromSecret("s", "k"), name: "PASSWORD" },
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "URL", value: "root:$(PASSWORD)@$(IP)" },
      { name: "AGAIN", value: "<$(URL)>" },
      { name: "OPEN", value: "$$(PASSWORD)" },
    ];
    const found = environment({ env }, { secrets: { s: { k: "hush" } } });
    expect(found.find(({ name }) => name === "AGAIN")).toEqual({
      name: "AGAIN",
      value: { parts: ["<root:hush@", { late: "status.podIP" }, ">"], secret: true },
      source: "literal",
    });
    expect(found.find(({ name }) => name === "PASSWORD")?.source).toBe("secret");
    expect(found.find(({ name }) => name === "OPEN")?.value).toEqual({
      parts: ["$(PASSWORD)"],
      secret: false,
    });
  });

  it("V5: values of ConfigMaps, Secrets and fields are never expanded", () => {
    const env: EnvVar[] = [
      { name: "A", value: "a" },
      { ...fromConfigMap("m", "k"), name: "M" },
      { ...fromSecret("s", "k"), name: "S" },
      { name: "F", valueFrom: { fieldRef: { fieldPath: "metadata.labels['ref']" } } },
    ];
    const pod = podOf({}, { env, envFrom: [{ prefix: "P_", configMapRef: { name: "m" } }] });
    const labelled = { ...pod, metadata: { ...pod.metadata, labels: { ref: "$(A)" } } };
    const cluster = { configMaps: { m: { k: "$(A)" } }, secrets: { s: { k: "$$(A)" } } };
    const env2 = resolvedOf(labelled, cluster).containers[0]?.env ?? [];
    const found = Object.fromEntries(env2.map(({ name, value }) => [name, value.parts.join()]));
    expect(found).toMatchObject({ M: "$(A)", S: "$$(A)", F: "$(A)", P_k: "$(A)" });
  });
});
