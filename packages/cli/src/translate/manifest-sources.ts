import type { ManifestObject } from "@vkubelet/pod";
import { type ManifestDocument, podsOf, readManifests } from "@vkubelet/pod/workloads";

/** A text of manifests with the name that messages give it. */
export interface ManifestText {
  readonly name: string;
  readonly text: string;
}

/** One object of a manifest, of a List each item. */
export interface SourceObject {
  readonly object: ManifestObject;
  /** Where one of its fields stands: `pods.yaml:12:7`. */
  placeOf(path: string): string;
}

/** What {@link readSources} found. */
export interface Sources {
  readonly objects: readonly SourceObject[];
  /** What is wrong with them, with file, line and path; one line each. */
  readonly issues: readonly string[];
  /** Objects that are left out because they make no pods. */
  readonly leftOut: readonly string[];
}

/** Kinds that make pods: one of them that makes none is a mistake. */
const podKinds: ReadonlySet<string> = new Set([
  "Pod",
  "Job",
  "CronJob",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
  "DaemonSet",
]);
const referredKinds: ReadonlySet<string> = new Set(["ConfigMap", "Secret", "Service"]);

/** Reads manifests and finds everything about them that keeps them from being translated, all at once. */
export function readSources(texts: readonly ManifestText[]): Sources {
  const objects: SourceObject[] = [];
  const issues: string[] = [];
  const leftOut: string[] = [];
  for (const { name, text } of texts) {
    const reading = readManifests(text);
    const faulty = new Set(reading.issues.map(({ document }) => document));
    for (const { line, column, path, message } of reading.issues) {
      issues.push(`${name}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`);
    }
    for (const document of reading.documents) {
      const found = objectsOf(name, document);
      objects.push(...found);
      // One mistake in a document is told once.
      if (!faulty.has(document.index)) for (const object of found) examine(object, issues, leftOut);
    }
  }
  return { objects, issues, leftOut };
}

function examine({ object, placeOf }: SourceObject, issues: string[], leftOut: string[]): void {
  for (const { kind, name, reason } of podsOf(object).skipped) {
    const line = `${placeOf("")}: ${kind === "" ? "object" : kind}${name === "" ? "" : ` ${name}`} ${reason}`;
    if (kind === "" || podKinds.has(kind)) issues.push(line);
    else if (!referredKinds.has(kind)) leftOut.push(line);
  }
}

/** The object of a document, or the items of a List, to any depth that `podsOf` follows. */
function objectsOf(file: string, document: ManifestDocument): readonly SourceObject[] {
  const placeOf = (path: string): string => {
    const { line, column } = document.placeOf(path);
    return `${file}:${line}:${column}`;
  };
  const unfold = (object: unknown, at: string): readonly SourceObject[] => {
    const { kind, items } = (object ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
    if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
      return items.flatMap((item, index) => unfold(item, `${at === "" ? "" : `${at}.`}items[${index}]`));
    }
    const place = (path: string) => placeOf([at, path].filter((part) => part !== "").join("."));
    return [{ object: object as ManifestObject, placeOf: place }];
  };
  return unfold(document.object, "");
}
