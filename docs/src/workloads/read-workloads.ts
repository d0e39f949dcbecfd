import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pod } from "@vkubelet/core";
import { podsOf, readManifests } from "@vkubelet/pod/workloads";

/** A pod of a collection of manifests, as its controller would make it. */
export interface Workload {
  /** Path of the manifest in the folder. */
  readonly file: string;
  /** The object that the pod comes out of: `Deployment frontend`. */
  readonly name: string;
  readonly pod: Pod;
  /** Why the API server would refuse the manifest, which is a mere part of one; empty for all others. */
  readonly flaws: readonly string[];
}

/** Where manifests come from: the repository and one of its commits. */
export interface WorkloadSource {
  readonly repository: string;
  readonly commit: string;
  readonly files: number;
}

/**
 * Every workload of the manifests below `folder`, in the order of their paths, with the defaults and admission steps of
 * the API server. Throws for a manifest that cannot be read or holds an object of which no pod is made: a collection
 * of workloads has none. Parts of manifests, such as patches, are kept with their flaws.
 */
export async function readWorkloads(folder: string): Promise<readonly Workload[]> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const workloads: Workload[] = [];
  for (const file of files) {
    const { documents, issues } = readManifests(await readFile(join(folder, file), "utf8"));
    if (documents.length === 0) throw new Error(`read ${file}: ${issues[0]?.message ?? "it is empty"}`);
    for (const { object, index } of documents) {
      const { pods, skipped } = podsOf(object, { admission: true });
      for (const { kind, reason } of skipped)
        throw new Error(`read ${file}: ${kind || "an object"} ${reason}`);
      for (const { source, pod } of pods) {
        const uid = `00000000-0000-4000-8000-${String(workloads.length).padStart(12, "0")}`;
        const name = `${source.kind} ${source.name}`;
        const flaws = issues
          .filter(({ document }) => document === index)
          .map(({ path, message }) => `${path} ${message}`);
        workloads.push({ file, name, pod: { ...pod, metadata: { ...pod.metadata, uid } }, flaws });
      }
    }
  }
  return workloads;
}

/** The repositories that `SOURCES.tsv` of the folder names, in its order. */
export async function readSources(folder: string): Promise<readonly WorkloadSource[]> {
  const text = await readFile(join(folder, "SOURCES.tsv"), "utf8");
  const sources = new Map<string, { repository: string; commit: string; files: number }>();
  for (const line of text.trim().split("\n").slice(1)) {
    const [, repository = "", , commit = ""] = line.split("\t");
    const known = sources.get(repository) ?? { repository, commit, files: 0 };
    sources.set(repository, { ...known, files: known.files + 1 });
  }
  return [...sources.values()];
}
