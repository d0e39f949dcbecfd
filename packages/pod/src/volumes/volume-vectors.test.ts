import { readFileSync } from "node:fs";
import type { ConfigMap, FieldIssue, Pod, Secret, Volume } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { envFileValue } from "../environment/env-file.ts";
import { resolvePod } from "../index.ts";
import { referencesOf } from "../resolve/references.ts";
import { inputsOf, outcomeOf, podOf } from "../testdata/resolve-fixture.ts";

/** Answers of the Go functions of Kubernetes 1.36.3 that the file names, to random cases. */
interface Vectors {
  readonly env: readonly { text: string; key: string; value?: string; error?: string }[];
  readonly pods: readonly { pod: Pod; errors: readonly [path: string, message: string][] }[];
  readonly refs: readonly { pod: Pod; secrets?: string[]; configMaps?: string[] }[];
  readonly keys: readonly {
    kind: "ConfigMap" | "Secret";
    object: ConfigMap & Secret;
    items: { key: string; path: string; mode?: number }[] | null;
    defaultMode: number;
    optional: boolean;
    files?: Record<string, [mode: number, base64: string]>;
    error?: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("../testdata/volume-vectors.json", import.meta.url), "utf8"),
) as Vectors;

function issuesOf(pod: Pod): readonly FieldIssue[] {
  try {
    outcomeOf(pod);
    return [];
  } catch (error) {
    return (error as { issues: FieldIssue[] }).issues;
  }
}

describe("volumes and files as Kubernetes 1.36.3 has them", () => {
  it("N5: files of variables", () => {
    for (const { text, key, value, error } of vectors.env) {
      const read = () => envFileValue(text, key) ?? "";
      if (error === undefined) expect(read(), JSON.stringify({ text, key })).toBe(value);
      else expect(read, JSON.stringify({ text, key })).toThrow(error);
    }
  });

  it("C3, C4, C6, C7, M1, M6: pods that the API server refuses, with its messages", () => {
    const late = "cannot be read before the containers run";
    for (const { pod, errors } of vectors.pods) {
      const names = new Set(pod.spec?.volumes?.map(({ name }) => name));
      // The API server does not count a volume with an error as one: its mounts are refused as well, and what is
      // wrong about a device or a second volume of that name comes to light only later. Here it is told at once.
      const expected = errors
        .map(([, message]) => message)
        .filter((message) => {
          const name = /^Not found: "(.*)"$/.exec(message)?.[1];
          return name === undefined || !names.has(name);
        });
      const found = issuesOf(pod)
        .map(({ message }) => message)
        .filter((message) => !message.startsWith(late))
        .filter((message) => !/^Duplicate|can only use/.test(message) || expected.includes(message));
      expect(found.sort(), JSON.stringify(pod)).toEqual(expected.sort());
    }
  });

  it("C9: the ConfigMaps and Secrets that a pod names", () => {
    for (const { pod, secrets = [], configMaps = [] } of vectors.refs) {
      const { objects } = referencesOf(pod);
      const names = (kind: string) => objects.filter((found) => found.kind === kind).map(({ name }) => name);
      expect(names("Secret"), JSON.stringify(pod)).toEqual(secrets);
      expect(names("ConfigMap"), JSON.stringify(pod)).toEqual(configMaps);
    }
  });

  it("C1, C3, C4: the files of a ConfigMap and of a Secret", () => {
    for (const { kind, object, items, defaultMode, optional, files, error } of vectors.keys) {
      const source = { items: items ?? [], defaultMode, optional };
      const volume: Volume =
        kind === "Secret"
          ? { name: "v", secret: { secretName: "o", ...source } }
          : { name: "v", configMap: { name: "o", ...source } };
      const inputs = { ...inputsOf(), configMap: () => object, secret: () => object };
      const pod = podOf({ volumes: [volume] });
      const note = JSON.stringify({ volume, object });
      // A path that the API server refuses is refused before anything is read.
      if (items?.some(({ path }) => path.startsWith("/") || path === "..")) {
        expect(() => resolvePod(pod, inputs), note).toThrow("must");
        continue;
      }
      if (error !== undefined) {
        const outcome = resolvePod(pod, inputs);
        const messages = outcome.type === "waiting" ? outcome.waits.map(({ message }) => message) : [];
        const own = error === "mkdir: file exists" ? "is both a file and the directory" : error;
        expect(messages.join("\n"), note).toContain(own);
        continue;
      }
      const outcome = resolvePod(pod, inputs);
      const [resolved] = outcome.type === "resolved" ? outcome.pod.volumes : [];
      const found = resolved?.type === "files" ? resolved.files : [];
      const shown = found.map(({ path, mode, content }) => [
        path,
        [mode, btoa(String.fromCharCode(...content))],
      ]);
      expect(Object.fromEntries(shown), note).toEqual(files ?? {});
    }
  });
});
