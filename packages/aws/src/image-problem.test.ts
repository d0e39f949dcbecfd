import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { imageProblem } from "./image-problem.ts";
import { mapPod } from "./pod-mapping.ts";
import { registryCredential } from "./registry-credential.ts";

it.each([
  ["nginx:1", undefined],
  [`registry.example/app@sha256:${"a".repeat(64)}`, undefined],
  ["", /needed/],
  ["Not an image", /no name of an image/],
  [`a/${"b".repeat(254)}`, /255/],
])("what is wrong with %j", (image, problem) => {
  if (problem === undefined) expect(imageProblem(image)).toBeUndefined();
  else expect(imageProblem(image)).toMatch(problem);
});

it("a wrong image is an issue of its container, and nothing is thrown on its account", () => {
  const pod = resolvedPodOf({ containers: [{ name: "main", image: "Not an image" }] });
  const notes = new FieldNotes();
  const options = {
    region: "r",
    hasExecutionRole: true,
    hasTaskRole: false,
    tmpfs: false,
    hostPaths: false,
  };
  const [mapped] = mapPod(pod, options, notes).containers;
  if (mapped) registryCredential(pod, mapped, {}, notes);
  expect(notes.rejected.map(({ path }) => path)).toEqual(["spec.containers[0].image"]);
});
