import { isProviderError } from "@vkubelet/core";
import { expect, it } from "vitest";
import { kubernetesVectors } from "../testdata/kubernetes-vectors.ts";
import { imagePullPolicyOf } from "./image-pull-policy.ts";
import { parseImageReference } from "./image-reference.ts";

it("U3, U5: reads every image as Kubernetes does", () => {
  expect(kubernetesVectors.images.length).toBeGreaterThan(200);
  for (const { image, policy, error, ...parts } of kubernetesVectors.images) {
    expect(imagePullPolicyOf({ name: "c", image }), image).toBe(policy);
    if (error !== undefined) continue;
    expect(parseImageReference(image), image).toEqual({ domain: "", ...parts });
  }
});

it("InvalidImageName: the kubelet's own words for every image that is none", () => {
  const wrong = kubernetesVectors.images.filter(({ error }) => error !== undefined);
  expect(wrong.length).toBeGreaterThan(50);
  for (const { image, error } of wrong) {
    let thrown: unknown;
    try {
      parseImageReference(image);
    } catch (caught) {
      thrown = caught;
    }
    if (!isProviderError(thrown)) throw new Error(`takes ${image}`);
    expect(thrown.code).toBe("InvalidInput");
    expect(thrown.reason).toBe("InvalidImageName");
    expect(thrown.message, image).toBe(
      `Failed to apply default image tag ${JSON.stringify(image)}: ${error}`,
    );
  }
});

it("completes Docker Hub's short names", () => {
  expect(parseImageReference("nginx")).toEqual({
    domain: "docker.io",
    path: "library/nginx",
    name: "docker.io/library/nginx",
    tag: "latest",
  });
});
