import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { referencesOf } from "./references.ts";

const pod: Pod = {
  spec: {
    initContainers: [{ name: "i", envFrom: [{ secretRef: { name: "s-from", optional: true } }] }],
    containers: [
      {
        name: "c",
        envFrom: [{ configMapRef: { name: "m-from" } }, { prefix: "X_" }],
        env: [
          { name: "A", valueFrom: { configMapKeyRef: { name: "m-env", key: "k" } } },
          { name: "B", valueFrom: { secretKeyRef: { name: "s-env", key: "k" } } },
          { name: "C", value: "c" },
        ],
      },
    ],
    volumes: [
      { name: "v1", configMap: { name: "m-volume" } },
      { name: "v2", secret: { secretName: "s-volume" } },
      { name: "v3", emptyDir: {} },
      {
        name: "v4",
        projected: {
          sources: [
            { configMap: { name: "m-env" } },
            { secret: { name: "s-projected" } },
            { serviceAccountToken: { path: "token" } },
            { serviceAccountToken: { path: "vault", audience: "vault", expirationSeconds: 7200 } },
          ],
        },
      },
    ],
    imagePullSecrets: [{ name: "s-pull" }, { name: "" }, {}],
  },
};

describe("referencesOf", () => {
  it("C9: every object that the pod may need, optional ones too, named once", () => {
    const { configMaps, secrets } = referencesOf(pod);
    expect(configMaps).toEqual(["m-env", "m-from", "m-volume"]);
    expect(secrets).toEqual(["s-env", "s-from", "s-projected", "s-pull", "s-volume"]);
  });

  it("C7: tokens with their defaults", () => {
    expect(referencesOf(pod).tokens).toEqual([
      { volume: "v4", path: "token", expirationSeconds: 3600 },
      { volume: "v4", path: "vault", audience: "vault", expirationSeconds: 7200 },
    ]);
  });

  it("a pod that needs nothing has no references", () => {
    const nothing = { configMaps: [], secrets: [], tokens: [], objects: [] };
    expect(referencesOf({ spec: { containers: [{ name: "c" }] } })).toEqual(nothing);
    expect(referencesOf({})).toEqual(nothing);
  });
});
