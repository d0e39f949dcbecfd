import type { SupportTable } from "@vkubelet/pod";
import { defineTranslator } from "@vkubelet/pod";
import { expect, it } from "vitest";
import { checkEveryPath } from "./every-path.ts";

const rejected = { disposition: "reject", reason: "not here" } as const;

/** Rejects everything but what a container is called. */
function toy(support: SupportTable, map: (names: readonly string[], image: string) => unknown) {
  return defineTranslator<object, unknown>({
    backend: "toy",
    support: () => support,
    map: (pod) =>
      map(
        pod.containers.map(({ name }) => name),
        pod.containers[0]?.image ?? "",
      ),
    operations: (input) => [{ operation: "Run", input }],
  });
}

const names: SupportTable = [
  { path: "spec", ...rejected },
  { path: "spec.initContainers", disposition: "ignore", reason: "a toy" },
  { path: "spec.restartPolicy", disposition: "ignore", reason: "a toy" },
  { path: "spec.containers[].name", disposition: "exact", reason: "" },
  { path: "spec.containers[].image", disposition: "ignore", reason: "a toy" },
  { path: "spec.containers[].command", disposition: "ignore", reason: "a toy" },
];

it("finds nothing in a translator that rejects what it does not carry", () => {
  expect(
    checkEveryPath(
      toy(names, (found) => found),
      {},
    ),
  ).toEqual([]);
});

it("finds a field that is called exact and changes nothing, unless the reason says why", () => {
  const claim = (reason: string): SupportTable => [
    ...names,
    { path: "spec.containers[].image", disposition: "exact", reason },
  ];
  const carryNames = (found: readonly string[]) => found;
  expect(checkEveryPath(toy(claim(""), carryNames), {})).toEqual([
    { path: "spec.containers[].image", problem: "without effect", detail: expect.any(String) },
  ]);
  expect(checkEveryPath(toy(claim("every image is the same here"), carryNames), {})).toEqual([]);
  expect(
    checkEveryPath(
      toy(claim(""), (found, image) => [found, image]),
      {},
    ),
  ).toEqual([]);
});

it("finds a field that is called exact in pods that are rejected for another one", () => {
  const table: SupportTable = [
    ...names,
    { path: "spec.containers[].volumeMounts", disposition: "exact", reason: "" },
  ];
  expect(
    checkEveryPath(
      toy(table, (found) => found),
      {},
    )[0],
  ).toMatchObject({
    path: expect.stringContaining("spec.containers[].volumeMounts"),
    problem: "hidden",
    detail: expect.stringContaining("spec.volumes"),
  });
});

it("finds a mapping that throws", () => {
  const throwing = toy(names, () => {
    throw new Error("no");
  });
  const findings = checkEveryPath(throwing, {});
  expect(findings.length).toBeGreaterThan(1000);
  expect(findings[0]).toMatchObject({ problem: "throws", detail: "Error: no" });
});
