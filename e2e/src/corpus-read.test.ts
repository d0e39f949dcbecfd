import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { podsOf, readManifests } from "@vkubelet/pod/workloads";
import { describe, expect, it } from "vitest";
import { corpusOrSkip } from "./corpus-folder.ts";

const folder = corpusOrSkip() ?? "";

/** Some files are patches for kustomize, no whole objects: what they lack or have besides is named, and nothing else. */
const issuesOfPatches: ReadonlySet<string> = new Set(["spec.selector", '["$patch"]']);

describe.runIf(folder !== "")("real workloads", async () => {
  const files: string[] = [];
  if (folder !== "") for await (const file of glob("**/*.yaml", { cwd: folder })) files.push(file);

  it("there are some", () => expect(files.length).toBeGreaterThan(100));

  it.each(files.sort())("%s is read, and makes pods", async (file) => {
    const { documents, issues } = readManifests(await readFile(join(folder, file), "utf8"));
    const unexpected = issues.filter(({ path }) => !issuesOfPatches.has(path));
    expect(unexpected).toEqual([]);
    const outcomes = documents.map(({ object }) => podsOf(object, { admission: true }));
    expect(outcomes.flatMap(({ skipped }) => skipped)).toEqual([]);
    expect(outcomes.flatMap(({ pods }) => pods).length).toBeGreaterThan(0);
  });
});
