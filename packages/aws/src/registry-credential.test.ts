import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { mapPod } from "./pod-mapping.ts";
import { registryCredential } from "./registry-credential.ts";

const options = {
  region: "eu-west-1",
  hasExecutionRole: true,
  hasTaskRole: false,
  tmpfs: false,
  hostPaths: false,
};

function credentialFor(image: string, registry: string, known?: Readonly<Record<string, string>>) {
  const pod = {
    ...resolvedPodOf({ containers: [{ name: "main", image }] }),
    pullCredentials: [{ registry, username: "u", password: "hush" }],
  };
  const [mapped] = mapPod(pod, options, new FieldNotes()).containers;
  if (!mapped) throw new Error("no container");
  const notes = new FieldNotes();
  return { arn: registryCredential(pod, mapped, known, notes), issues: notes.rejected };
}

it("U3: names the Secret that an image would need, for Docker Hub by its other name too", () => {
  for (const [image, registry] of [
    ["ghcr.io/team/app:1", "ghcr.io/team/"],
    ["registry.example.com/app:1", "*.example.com"],
    ["app:1", "index.docker.io"],
  ] as const) {
    const { arn, issues } = credentialFor(image, registry);
    expect(arn).toBeUndefined();
    expect(issues.map(({ path }) => path)).toEqual(["spec.imagePullSecrets"]);
    expect(issues[0]?.message).toContain(`name the secret for ${registry} in the option`);
    expect(issues[0]?.message).not.toContain("hush");
  }
});

it("needs none for other registries, for ECR, and where the options have one", () => {
  const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  expect(credentialFor("app:1", "ghcr.io").issues).toEqual([]);
  expect(credentialFor(`${ecr}/app:1`, ecr).issues).toEqual([]);
  expect(credentialFor("ghcr.io/app:1", "ghcr.io", { "ghcr.io": "arn" })).toEqual({ arn: "arn", issues: [] });
});

it("asks nothing for what is no name of an image, which is an issue of its container", () => {
  expect(credentialFor("Not an image", "ghcr.io")).toEqual({ arn: undefined, issues: [] });
});
