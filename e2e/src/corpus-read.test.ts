import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { podsOf, readManifests } from "@vkubelet/pod/workloads";
import { describe, expect, it } from "vitest";

const folder = process.env["VKUBELET_CORPUS"] ?? "";
if (folder === "") console.warn("skipped, corpus: VKUBELET_CORPUS names no folder of real workloads");

/** What the corpus holds besides workloads, and so makes no pods. */
const kindsWithoutPods: ReadonlySet<string> = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Role",
  "RoleBinding",
  "Secret",
  "Service",
  "ServiceAccount",
]);

describe.runIf(folder !== "")("real workloads", async () => {
  const files: string[] = [];
  if (folder !== "") for await (const file of glob("**/*.yaml", { cwd: folder })) files.push(file);

  it("there are some", () => expect(files.length).toBeGreaterThan(100));

  it.each(files.sort())("%s is read without an issue, and makes pods", async (file) => {
    const { documents, issues } = readManifests(await readFile(join(folder, file), "utf8"));
    expect(issues).toEqual([]);
    const outcomes = documents.map(({ object }) => podsOf(object, { admission: true }));
    expect(outcomes.flatMap(({ pods }) => pods).length).toBeGreaterThan(0);
    for (const { kind, reason } of outcomes.flatMap(({ skipped }) => skipped)) {
      expect(kindsWithoutPods, reason).toContain(kind);
    }
  });
});
