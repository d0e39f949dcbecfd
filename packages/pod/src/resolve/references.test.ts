import type { Pod, Volume } from "@vkubelet/core";
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

  it("C9: every object by kind, optional only where every use is", () => {
    const objects = referencesOf({
      metadata: { name: "p" },
      spec: {
        serviceAccountName: "robot",
        runtimeClassName: "kata",
        imagePullSecrets: [{ name: "pull" }, { name: "both" }],
        resourceClaims: [
          { name: "a", resourceClaimName: "gpu" },
          { name: "b", resourceClaimTemplateName: "fpga" },
          { name: "c", resourceClaimTemplateName: "late" },
        ],
        containers: [
          {
            name: "c",
            envFrom: [
              { configMapRef: { name: "m", optional: true } },
              { secretRef: { name: "both", optional: true } },
            ],
            env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "m2", key: "k", optional: true } } }],
          },
        ],
        ephemeralContainers: [{ name: "e", envFrom: [{ secretRef: { name: "debug" } }] }],
        volumes: [
          { name: "v1", persistentVolumeClaim: { claimName: "data" } },
          { name: "v2", ephemeral: { volumeClaimTemplate: {} } },
          { name: "v3", configMap: { name: "m" } },
          { name: "v4", projected: { sources: [{ clusterTrustBundle: { name: "ca", optional: true } }] } },
          { name: "v5", csi: { driver: "d", nodePublishSecretRef: { name: "csi" } } } as Volume,
        ],
      },
      status: { resourceClaimStatuses: [{ name: "b", resourceClaimName: "p-b-x7" }] },
    }).objects;
    expect(objects.map(({ kind, name, optional }) => `${kind} ${name}${optional ? "?" : ""}`)).toEqual([
      "ClusterTrustBundle ca?",
      "ConfigMap m",
      "ConfigMap m2?",
      "PersistentVolumeClaim data",
      "PersistentVolumeClaim p-v2",
      "ResourceClaim gpu",
      "ResourceClaim p-b-x7",
      "ResourceClaimTemplate fpga",
      "ResourceClaimTemplate late",
      "RuntimeClass kata",
      "Secret both?",
      "Secret csi",
      "Secret debug",
      "Secret pull?",
      "ServiceAccount robot",
    ]);
  });

  it("U4: a token is that of the account `default` where the pod names none", () => {
    const accounts = (found: Pod) =>
      referencesOf(found).objects.flatMap(({ kind, name }) => (kind === "ServiceAccount" ? [name] : []));
    expect(accounts(pod)).toEqual(["default"]);
    expect(accounts({ spec: { containers: [], serviceAccount: "old" } })).toEqual(["old"]);
    expect(accounts({ spec: { containers: [] } })).toEqual([]);
  });

  it("a pod that needs nothing has no references", () => {
    const nothing = { configMaps: [], secrets: [], tokens: [], objects: [] };
    expect(referencesOf({ spec: { containers: [{ name: "c" }] } })).toEqual(nothing);
    expect(referencesOf({})).toEqual(nothing);
  });
});
