import { describe, expect, it } from "vitest";
import { manifestInputs } from "./manifest-inputs.ts";

const configMap = (name: string, data: object, namespace?: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(namespace && { namespace }) },
  data,
});

describe("manifestInputs", () => {
  it("finds the objects of the pod's namespace, where those without one belong", () => {
    const inputs = manifestInputs(
      [configMap("a", { x: "1" }), configMap("b", { x: "2" }, "shop"), configMap("c", { x: "3" }, "other")],
      { namespace: "shop" },
    );
    expect(inputs.configMap("a")?.data).toEqual({ x: "1" });
    expect(inputs.configMap("b")?.data).toEqual({ x: "2" });
    expect(inputs.configMap("c")).toBeUndefined();
    expect(inputs.secret("a")).toBeUndefined();
  });

  it("takes the later of two objects of one name", () => {
    const inputs = manifestInputs([configMap("a", { x: "1" }), configMap("a", { x: "2" })]);
    expect(inputs.configMap("a")?.data).toEqual({ x: "2" });
  });

  it("has stringData in the data of a Secret, over what stands there", () => {
    const secret = {
      kind: "Secret",
      metadata: { name: "keys" },
      data: { a: "b2xk", b: "Yg==" },
      stringData: { a: "nëw" },
    };
    const inputs = manifestInputs([secret]);
    expect(inputs.secret("keys")).toMatchObject({ data: { a: "bsOrdw==", b: "Yg==" } });
    expect(inputs.secret("keys")).not.toHaveProperty("stringData");
    expect(secret.data.a).toBe("b2xk");
  });

  it("gives a Service an address, as a cluster would, unless it asks for none", () => {
    const service = (name: string, spec: object) => ({ kind: "Service", metadata: { name }, spec });
    const inputs = manifestInputs([
      service("web", { ports: [{ port: 80 }] }),
      service("headless", { clusterIP: "None" }),
      service("outside", { type: "ExternalName", externalName: "example.org" }),
    ]);
    expect(inputs.services?.map(({ spec }) => spec?.clusterIP)).toEqual(["192.0.2.1", "None", undefined]);
    expect(inputs.services?.map(({ metadata }) => metadata?.namespace)).toEqual([
      "default",
      "default",
      "default",
    ]);
  });

  it("has defaults for what is no object", () => {
    expect(manifestInputs([])).toMatchObject({
      attempt: 0,
      services: [],
      nodeAllocatable: { cpu: "4", memory: "16Gi" },
    });
    expect(manifestInputs([]).token({ volume: "v", path: "token", expirationSeconds: 3600 })).toBeUndefined();
  });

  it("names everything that the API server could not read", () => {
    const objects = [configMap("a", { port: 80, on: true, mode: "x" }), { kind: "Secret", data: [] }];
    expect(() => manifestInputs(objects)).toThrow(
      expect.objectContaining({
        code: "InvalidInput",
        issues: [
          { path: "ConfigMap a: data.port", message: expect.stringContaining("string") },
          { path: "ConfigMap a: data.on", message: expect.any(String) },
          { path: "Secret : data", message: expect.any(String) },
        ],
      }),
    );
    expect(() => manifestInputs([{ kind: "Ingress", data: 7 } as object])).not.toThrow();
  });
});
