import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ManifestObject,
  type TranslationDocument,
  type Translator,
  wireJson,
  wireText,
} from "@vkubelet/pod";
import { readManifests, type TranslateObjectsOptions, translateObjects } from "@vkubelet/pod/workloads";
import { acceptanceProblem } from "../translation-checks.ts";

/** Translates the objects of one manifest; see {@link goldenBackend}. */
export type GoldenBackend = (objects: readonly ManifestObject[]) => readonly TranslationDocument[];

/** Options of {@link goldenCases}. */
export interface GoldenOptions {
  /** Which files of the folder are manifests, as a glob. Default `*.yaml`. */
  readonly input?: string;
  /** By the name that golden files carry: `web.fargate.json` for `fargate`. */
  readonly backends: Readonly<Record<string, GoldenBackend>>;
  /** Whether a workload that a backend rejects fails its test, whatever the golden file says. Default false. */
  readonly mustBeAccepted?: boolean;
}

/**
 * What to do with golden files. `none`: they must be there and be right. `new`: one that is missing is written. `all`:
 * all are written, and those without a manifest are removed.
 */
export type GoldenUpdate = "none" | "new" | "all";

/** One comparison of a translation with its golden file. */
export interface GoldenCase {
  /** `web.yaml → fargate`. */
  readonly name: string;
  /** The golden file. */
  readonly file: string;
  /** What the translation gives now, as it would stand in the file. Throws for a manifest that cannot be read. */
  readonly actual: () => string;
  /** What the file holds; undefined without a file. */
  readonly expected: () => string | undefined;
  /**
   * Compares, or writes as `update` says. Throws an `AssertionError` with `actual` and `expected` where they differ or
   * the file is missing.
   */
  readonly check: (update?: GoldenUpdate) => void;
}

/** The golden files of a folder. */
export interface GoldenSuite {
  /** One for each manifest and backend, in the order of their names. */
  readonly cases: readonly GoldenCase[];
  /** Golden files of these backends whose manifest is gone. */
  readonly extra: () => readonly string[];
  /** Throws an `AssertionError` that names the extra files; with `all` removes them instead. */
  readonly checkExtra: (update?: GoldenUpdate) => void;
}

/** The environment variable that makes a run write all golden files: `UPDATE_GOLDEN=1`. */
export const goldenVariable = "UPDATE_GOLDEN";

/** A backend of golden files. Workloads are made and resolved as `vkubelet translate` does it, but for placeholders. */
export function goldenBackend<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  options: Options,
  more: TranslateObjectsOptions = {},
): GoldenBackend {
  return (objects) => translateObjects(translator, objects, options, more).documents;
}

/**
 * Every manifest of a folder with every backend: each has a golden file `NAME.BACKEND.json` beside it, in the form of
 * `vkubelet translate -o json`. Throws where the folder has no manifest, so that a wrong path is no success.
 */
export function goldenCases(folder: string | URL, options: GoldenOptions): GoldenSuite {
  return suiteOf(typeof folder === "string" ? folder : fileURLToPath(folder), options);
}

function suiteOf(folder: string, options: GoldenOptions): GoldenSuite {
  const { input = "*.yaml", backends, mustBeAccepted = false } = options;
  const manifests = globSync(input, { cwd: folder }).sort();
  if (manifests.length === 0) throw new Error(`${folder} holds no manifest that matches ${input}`);
  const cases = manifests.flatMap((manifest) =>
    Object.entries(backends).map(([name, backend]) =>
      goldenCase({ folder, manifest, name, backend, mustBeAccepted }),
    ),
  );
  const twice = cases.find(({ file }, index) => cases.findIndex((other) => other.file === file) < index);
  if (twice) throw new Error(`${twice.file} is the golden file of two manifests: rename one`);
  const extra = () => extraFiles(folder, Object.keys(backends), new Set(cases.map(({ file }) => file)));
  return {
    cases,
    extra,
    checkExtra(update = updateOf("none")) {
      if (update === "all") for (const file of extra()) rmSync(file);
      const files = extra();
      if (files.length === 0) return;
      throw new GoldenError(`no manifest belongs to ${files.join(", ")}: ${wayOut}`, [], files);
    },
  };
}

/** `all` where the environment says so, else what the runner says. */
export function updateOf(runner: GoldenUpdate): GoldenUpdate {
  return process.env[goldenVariable] ? "all" : runner;
}

const wayOut = `run the tests with ${goldenVariable}=1 and look at what changes`;

/** Test runners show the difference of `actual` and `expected`. */
class GoldenError extends Error {
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(message: string, expected: unknown, actual: unknown) {
    super(message);
    this.name = "AssertionError";
    this.expected = expected;
    this.actual = actual;
  }
}

interface CaseParts {
  readonly folder: string;
  readonly manifest: string;
  readonly name: string;
  readonly backend: GoldenBackend;
  readonly mustBeAccepted: boolean;
}

function goldenCase({ folder, manifest, name, backend, mustBeAccepted }: CaseParts): GoldenCase {
  const stem = manifest.slice(0, manifest.length - extname(manifest).length);
  const file = join(folder, `${stem}.${name}.json`);
  const translate = () => {
    const documents = backend(objectsOf(join(folder, manifest)));
    if (documents.length === 0) throw new Error(`${manifest} holds nothing that makes pods`);
    return documents;
  };
  const expected = () => readIfThere(file);
  return {
    name: `${manifest} → ${name}`,
    file,
    actual: () => textOf(translate()),
    expected,
    check(update = updateOf("none")) {
      const documents = translate();
      if (mustBeAccepted) for (const document of documents) checkAccepted(document, name);
      compare(file, textOf(documents), expected(), update);
    },
  };
}

function textOf(documents: readonly TranslationDocument[]): string {
  return `${wireText(wireJson(documents, "documents"))}\n`;
}

function checkAccepted(
  { source: { kind, namespace, name }, report }: TranslationDocument,
  backend: string,
): void {
  const problem = acceptanceProblem(report);
  if (problem === undefined) return;
  throw new GoldenError(
    `${kind} ${namespace}/${name} cannot run on ${backend}: ${problem}`,
    [],
    report.entries,
  );
}

function compare(file: string, is: string, should: string | undefined, update: GoldenUpdate): void {
  if (is === should) return;
  if (update === "all" || (update === "new" && should === undefined)) writeFileSync(file, is);
  else if (should === undefined) throw new GoldenError(`${file} is missing: ${wayOut}`, undefined, is);
  else throw new GoldenError(`${file} differs: ${wayOut}`, should, is);
}

function objectsOf(path: string): readonly ManifestObject[] {
  const { documents, issues } = readManifests(readFileSync(path, "utf8"));
  if (issues.length > 0) {
    const lines = issues.map(
      ({ line, column, path: field, message }) => `${path}:${line}:${column}: ${field} ${message}`,
    );
    throw new Error(lines.join("\n"));
  }
  return documents.map(({ object }) => object);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function extraFiles(
  folder: string,
  backends: readonly string[],
  known: ReadonlySet<string>,
): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => backends.some((backend) => basename(file).endsWith(`.${backend}.json`)))
    .map((file) => join(folder, file))
    .filter((file) => !known.has(file))
    .sort();
}
