import type { Secret } from "@vkubelet/core";
import { expect, it } from "vitest";
import { kubernetesVectors } from "../testdata/kubernetes-vectors.ts";
import { base64, outcomeOf, podOf } from "../testdata/resolve-fixture.ts";
import { credentialsForImage } from "./image-credentials.ts";

type Vector = (typeof kubernetesVectors.pulls)[number];

function resolved({ secrets }: Vector) {
  const rawSecrets: Record<string, Secret> = {};
  for (const [index, { type, content }] of secrets.entries()) {
    const key = type === "kubernetes.io/dockercfg" ? ".dockercfg" : ".dockerconfigjson";
    rawSecrets[`s${index}`] = { type, data: { [key]: base64(content) } };
  }
  const imagePullSecrets = Object.keys(rawSecrets).map((name) => ({ name }));
  const outcome = outcomeOf(podOf({ imagePullSecrets }), { rawSecrets });
  if (outcome.type !== "resolved") throw new Error("waits");
  return outcome;
}

it("U3: finds for every image what Kubernetes' keyring finds, in its order", () => {
  expect(kubernetesVectors.pulls.length).toBeGreaterThan(300);
  for (const vector of kubernetesVectors.pulls) {
    const { pod, warnings } = resolved(vector);
    const found = credentialsForImage(vector.image, pod.pullCredentials);
    const logins = found.map(({ username, password }) => `${username}:${password}`);
    expect(logins, JSON.stringify(vector)).toEqual(vector.found ?? []);
    if (vector.found === null) expect(warnings, JSON.stringify(vector)).toHaveLength(1);
  }
});

it("U3: the vectors hold matches by host, port, path, glob and Docker Hub's other name", () => {
  const matched = kubernetesVectors.pulls.filter(({ found }) => found !== null && found.length > 0);
  expect(matched.length).toBeGreaterThan(100);
  expect(matched.some(({ found }) => (found?.length ?? 0) > 2)).toBe(true);
});

it("refuses what is no image, by the kubelet's reason", () => {
  expect(() => credentialsForImage("App", [])).toThrow(
    expect.objectContaining({ reason: "InvalidImageName" }),
  );
});
