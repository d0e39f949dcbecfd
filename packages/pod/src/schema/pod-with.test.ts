import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { auditPod } from "../audit/audit.ts";
import { podWith } from "./pod-with.ts";
import { schemaPaths } from "./schema-paths.ts";
import { valuesAt } from "./values-at.ts";

const paths = schemaPaths().map(({ path }) => path);

const busyPod: Pod = {
  metadata: { name: "busy" },
  spec: {
    containers: [
      {
        name: "web",
        image: "registry.example/web:1",
        env: [{ name: "A", value: "1" }],
        livenessProbe: { exec: { command: ["true"] }, periodSeconds: 5 },
        volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
      },
      { name: "side", image: "registry.example/side:1" },
    ],
    volumes: [{ name: "scratch", emptyDir: {} }],
  },
};

describe("podWith", () => {
  it("sets every path of the schema, and leaves the pod it starts from alone", () => {
    const before = structuredClone(busyPod);
    for (const path of paths) {
      expect(valuesAt(podWith(path).spec, path), path).not.toEqual([]);
      expect(valuesAt(podWith(path, busyPod).spec, path), path).not.toEqual([]);
    }
    expect(busyPod).toEqual(before);
  });

  it("F2: makes nothing that the schema does not know", () => {
    const table = [{ path: "spec", disposition: "exact", reason: "" }] as const;
    for (const path of paths) {
      const { entries } = auditPod(podWith(path), table);
      expect(
        entries.filter(({ disposition }) => disposition === "reject"),
        path,
      ).toEqual([]);
    }
  });

  it("F3: sets no default of the API where there is any other value", () => {
    const onlyDefault = [
      /fieldRef\.apiVersion$/,
      /(liveness|startup)Probe\.successThreshold$/,
      /\.(capabilities|lifecycle|resources|securityContext|seLinuxOptions|windowsOptions)$/,
      /^spec\.(affinity|dnsConfig)$/,
    ];
    const table = [{ path: "spec", disposition: "reject", reason: "" }] as const;
    const silent = paths.filter((path) => {
      const [value] = valuesAt(podWith(path).spec, path);
      if (typeof value === "object") return false;
      const { entries } = auditPod(podWith(path), [...table, { ...table[0], path }]);
      return !entries.some((entry) => plain(entry.path) === path && entry.disposition === "reject");
    });
    expect(silent.filter((path) => !onlyDefault.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it("changes the first container and adds to other lists", () => {
    const { spec } = podWith("spec.containers[].env[].valueFrom.secretKeyRef.key", busyPod);
    expect(spec?.containers.map(({ name }) => name)).toEqual(["web", "side"]);
    expect(spec?.containers[0]?.env).toEqual([
      { name: "A", value: "1" },
      { name: "SAMPLE", valueFrom: { secretKeyRef: { key: "sample", name: "sample" } } },
    ]);
  });

  it("replaces the member of a union", () => {
    const { spec } = podWith("spec.containers[].livenessProbe.grpc.port", busyPod);
    expect(spec?.containers[0]?.livenessProbe).toEqual({ grpc: { port: 8080 }, periodSeconds: 5 });
  });

  it("brings along what a name refers to", () => {
    const mounted = podWith("spec.containers[].volumeMounts[].subPath", busyPod).spec;
    expect(mounted?.volumes?.map(({ name }) => name)).toEqual(["scratch", "data"]);
    const limited = podWith("spec.volumes[].downwardAPI.items[].resourceFieldRef.resource", busyPod).spec;
    expect(limited?.volumes?.[1]?.downwardAPI?.items?.[0]?.resourceFieldRef?.containerName).toBe("web");
  });

  it("refuses a path that the schema does not have", () => {
    for (const path of ["spec", "metadata.name", "spec.container", "spec.containers[].name.first"]) {
      expect(() => podWith(path), path).toThrow(/the schema has no such path/);
    }
  });
});

/** `spec.containers[]` for `spec.containers[0]`, and a map's braces for its key. */
function plain(path: string): string {
  return path.replace(/\[\d+\]/g, "[]").replace(/(\.|\[")(sample|cpu|example\.com\/sample)("\])?$/, "{}");
}
