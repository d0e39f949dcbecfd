import { readFileSync } from "node:fs";
import type { TranslationReport } from "@vkubelet/core";
import {
  type Configuration,
  configurations,
  outcomeRow,
  outcomesOf,
  readSources,
  readWorkloads,
  standInInputs,
  variants,
  type Workload,
  workloadsPage,
  workloadsPagePath,
} from "@vkubelet-tools/docs/workloads";
import { beforeAll, describe, expect, it } from "vitest";
import { corpusOrSkip } from "./corpus-folder.ts";

const folder = corpusOrSkip() ?? "";
const page = readFileSync(new URL(`../../${workloadsPagePath}`, import.meta.url), "utf8");
const everyConfiguration = [...configurations, ...variants].map((configuration) => ({
  title: `${configuration.name} (${configuration.options})`,
  configuration,
}));

describe.runIf(folder !== "")("real workloads", () => {
  let workloads: readonly Workload[];

  beforeAll(async () => {
    workloads = await readWorkloads(folder);
  });

  it("are all there: one pod for each manifest", async () => {
    const sources = await readSources(folder);
    expect(workloads.length).toBeGreaterThan(100);
    expect(workloads).toHaveLength(sources.reduce((sum, { files }) => sum + files, 0));
  });

  describe.each(everyConfiguration)("on $title", ({ configuration }) => {
    it("become calls or are rejected, never both and never neither", () => {
      for (const { file, pod } of workloads) {
        const { requests, report } = configuration.translate(pod, standInInputs(pod));
        const rejected = report.entries.filter(({ disposition }) => disposition === "reject");
        const calls = configuration.operations(pod, standInInputs(pod));
        expect(requests === undefined, file).toBe(rejected.length > 0);
        expect(calls.length > 0, file).toBe(rejected.length === 0);
        for (const { path, reason } of rejected) expect(reason, `${file}: ${path}`).not.toBe("");
      }
    });

    it("have every field accounted for", () => {
      for (const { file, pod } of workloads) {
        const { report } = configuration.translate(pod, standInInputs(pod));
        expect(unaccounted(pod.spec, report), file).toEqual([]);
      }
    });

    it("give the same again, from manifests that are read again", async () => {
      const again = await readWorkloads(folder);
      expect(translations(configuration, again)).toEqual(translations(configuration, workloads));
    });

    it("are changed in nothing", () => {
      for (const { pod } of workloads) {
        const before = structuredClone(pod);
        configuration.translate(pod, standInInputs(pod));
        expect(pod).toEqual(before);
      }
    });

    it("are counted in the documentation as they come out", () => {
      expect(page.replace(/ +/g, " ")).toContain(`| ${outcomeRow(configuration, workloads).join(" | ")} |`);
    });
  });

  it("never become less where the pod accepts approximations", () => {
    for (const { configuration } of everyConfiguration) {
      for (const { kind, accepting, workload } of outcomesOf(configuration, workloads)) {
        if (kind !== "rejected") expect(accepting, workload.file).toBe(kind);
        else expect(accepting, workload.file).not.toBe("exact");
      }
    }
  });

  it("have the page of the documentation as it is (node docs/src/write-workloads-report.mjs)", async () => {
    expect(page).toBe(workloadsPage(workloads, await readSources(folder)));
  });
});

/** Calls and reports of all workloads, as text: byte for byte. */
function translations(configuration: Configuration, workloads: readonly Workload[]): readonly string[] {
  return workloads.map(({ pod }) =>
    JSON.stringify([
      configuration.translate(pod, standInInputs(pod)).report,
      configuration.operations(pod, standInInputs(pod)),
    ]),
  );
}

/** The leaves of a spec that neither have an entry of their own nor lie below one. */
function unaccounted(spec: unknown, { entries }: TranslationReport): readonly string[] {
  const paths = new Set(entries.map(({ path }) => path));
  const missing: string[] = [];
  const visit = (value: unknown, path: string, covered: boolean): void => {
    const here = covered || paths.has(path);
    const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
    if (parts.length === 0 && !here) missing.push(path);
    for (const [key, inner] of parts) {
      if (inner !== undefined)
        visit(inner, Array.isArray(value) ? `${path}[${key}]` : below(path, key), here);
    }
  };
  visit(spec, "spec", false);
  return missing;
}

function below(path: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
