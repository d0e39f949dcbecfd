import type { ResolvedMount } from "@vkubelet/core";
import { FieldNotes } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { resolvedContainer, resolvedPod } from "../testdata/pods.ts";
import { EmptyDirFolders } from "./empty-dirs.ts";

type Mounts = Readonly<Record<string, readonly string[]>>;

/** Containers by name, with what they mount: `volume` or `volume/subPath`. All volumes are emptyDirs. */
function folders(mounts: Mounts) {
  const mountOf = (text: string): ResolvedMount => {
    const [volume = "", ...rest] = text.split("/");
    const subPath = rest.length === 0 ? {} : { subPath: rest.join("/") };
    return { volume, mountPath: `/${text}`, readOnly: false, ...subPath };
  };
  const containers = Object.entries(mounts).map(([name, texts]) =>
    resolvedContainer(name, { mounts: texts.map(mountOf) }),
  );
  const names = new Set(containers.flatMap((container) => container.mounts.map(({ volume }) => volume)));
  const volumes = [...names].map((name) => ({ name, type: "emptyDir", medium: "" }) as const);
  const pod = resolvedPod({ containers, volumes });
  const notes = new FieldNotes();
  const chosen = new EmptyDirFolders(pod);
  chosen.note(pod, notes);
  const sources = containers.map(({ name, mounts: own }) => [
    name,
    own.map((mount) => chosen.sourceOf(mount)),
  ]);
  return { sources: Object.fromEntries(sources), notes: notes.approximated };
}

describe("EmptyDirFolders", () => {
  it("gives what a container alone mounts its task's own folders, then those of the allocation", () => {
    const { sources, notes } = folders({ app: ["a", "b", "c"], side: ["e"] });
    expect(sources).toEqual({ app: ["local", "../alloc/data", "../alloc/tmp"], side: ["local"] });
    expect(notes).toEqual([]);
  });

  it("gives the task's folder with the sticky bit where the others are too few, and says so", () => {
    const { sources, notes } = folders({ app: ["a", "b", "c"], side: ["d", "e", "f"] });
    expect(sources).toEqual({
      app: ["local", "tmp", "../alloc/data"],
      side: ["local", "tmp", "../alloc/tmp"],
    });
    const sticky = expect.stringContaining("01777");
    expect(notes).toMatchObject([
      { path: "spec.volumes[1].emptyDir", message: sticky },
      { path: "spec.volumes[4].emptyDir", message: sticky },
    ]);
  });

  it("gives what several containers mount the allocation's folders first", () => {
    const { sources, notes } = folders({ app: ["own", "one", "two"], side: ["one", "two"] });
    expect(sources).toEqual({
      app: ["local", "../alloc/data", "../alloc/tmp"],
      side: ["../alloc/data", "../alloc/tmp"],
    });
    expect(notes).toEqual([]);
  });

  it("names those for which no such folder is left", () => {
    const { sources, notes } = folders({ app: ["one", "two", "three"], side: ["one", "two", "three"] });
    expect(sources.app).toEqual(["../alloc/data", "../alloc/tmp", "../alloc/vk-three"]);
    expect(notes).toMatchObject([
      { path: "spec.volumes[2].emptyDir", message: expect.stringContaining("only root can write") },
    ]);
  });

  it("gives each part a folder where only parts are mounted, and none within another", () => {
    const apart = folders({ app: ["v/tmp", "v/run"], side: ["v/run"] });
    expect(apart.sources).toEqual({ app: ["local", "../alloc/data"], side: ["../alloc/data"] });
    expect(apart.notes).toEqual([]);
    const nested = folders({ app: ["v/a", "v/a/b", "v/ab"] });
    expect(nested.sources.app).toEqual(["local/a", "local/a/b", "local/ab"]);
    expect(nested.notes).toMatchObject([
      { path: "spec.volumes[0].emptyDir", message: expect.stringContaining("subPath") },
    ]);
    const whole = folders({ app: ["v", "v/a"] });
    expect(whole.sources.app).toEqual(["local", "local/a"]);
    expect(whole.notes).toHaveLength(1);
  });
});
