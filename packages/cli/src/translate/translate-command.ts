import type { Disposition } from "@vkubelet/core";
import type { ManifestObject, TranslationDocument } from "@vkubelet/pod";
import { podsOf, type WorkloadSource } from "@vkubelet/pod/workloads";
import { UsageError } from "../cli-error.ts";
import { loadBackendConfig, type ProviderName } from "../run/config.ts";
import { loadBackend } from "./backends.ts";
import { type ManifestText, readSources, type SourceObject } from "./manifest-sources.ts";
import { nameOf, renderDocuments } from "./output.ts";
import type { OutputFormat } from "./output-format.ts";
import { printable } from "./printable.ts";
import { withStandIns } from "./stand-ins.ts";

/** Flags of `vkubelet translate`. */
export interface TranslateFlags {
  /** Files of manifests; `-` is the standard input. */
  readonly file: readonly string[];
  readonly to: ProviderName;
  readonly output: OutputFormat;
  /** Whether approximations count as rejections. */
  readonly strict?: boolean;
  /** A configuration file of `vkubelet run`. */
  readonly config?: string;
  /** Namespace of objects that name none. */
  readonly namespace?: string;
}

/** What the command reads and writes. */
export interface TranslateStreams {
  /** The text of a file, `-` for the standard input. Rejects with an error that has a `code`. */
  readonly read: (file: string) => Promise<string>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Columns of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
}

/** A document with the object of the manifest that it comes out of. */
interface Placed {
  readonly document: TranslationDocument;
  readonly source: SourceObject;
}

/**
 * `vkubelet translate`: what each workload of some manifests becomes at a backend. Requests and reports go to stdout,
 * everything else to stderr. Returns the exit code: 0, or 1 when something is rejected (with `strict` also when it is
 * approximated). Rejects with a {@link UsageError}, one line for each issue, when the input cannot be used.
 */
export async function translateCommand(flags: TranslateFlags, streams: TranslateStreams): Promise<number> {
  const config = flags.config === undefined ? undefined : await loadBackendConfig(flags.config, flags.to);
  const translate = await loadBackend(flags.to, config?.nodeName, config?.section);
  const sources = readSources(await readTexts(flags.file, streams));
  if (sources.issues.length > 0) throw new UsageError(sources.issues.map(printable).join("\n"));
  const tell = (line: string) => streams.stderr(`vkubelet: ${printable(line)}\n`);
  for (const line of sources.leftOut) tell(`${line}: left out`);

  const namespace = flags.namespace ?? "default";
  const told = new Set<string>();
  const { documents } = translate(objectsOf(sources.objects), {
    namespace,
    inputsOf: ({ source, pod }, inputs) => {
      const completed = withStandIns(pod, inputs);
      for (const { kind, name, standsIn } of completed.missing) {
        const does = standsIn ? "placeholders stand for its values" : "it is optional and left out";
        told.add(`${kind} ${source.namespace}/${name} is not in the files: ${does}`);
      }
      return completed.inputs;
    },
  });
  for (const line of told) tell(line);
  if (documents.length === 0) throw new UsageError("nothing to translate: no object makes pods");
  streams.stdout(renderDocuments(documents, flags.output, streams.columns));

  const placed = placedDocuments(documents, sources.objects, namespace);
  const failing: readonly Disposition[] = flags.strict ? ["reject", "approx"] : ["reject"];
  const lines = placed.flatMap((entry) => failuresOf(entry, failing));
  for (const line of lines) tell(line);
  return lines.length > 0 ? 1 : 0;
}

async function readTexts(
  files: readonly string[],
  { read }: TranslateStreams,
): Promise<readonly ManifestText[]> {
  if (new Set(files).size < files.length) throw new UsageError("-f: the same file is given more than once");
  const texts: ManifestText[] = [];
  for (const file of files) {
    const name = file === "-" ? "stdin" : file;
    try {
      texts.push({ name, text: await read(file) });
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (typeof code !== "string") throw error;
      throw new UsageError(`${name}: cannot be read: ${code}`, { cause: error });
    }
  }
  return texts;
}

function objectsOf(sources: readonly SourceObject[]): readonly ManifestObject[] {
  return sources.map(({ object }) => object);
}

/** Documents come in the order of the objects, one for each pod that an object makes. */
function placedDocuments(
  documents: readonly TranslationDocument[],
  sources: readonly SourceObject[],
  namespace: string,
): readonly Placed[] {
  const makers = sources.flatMap((source) => podsOf(source.object, { namespace }).pods.map(() => source));
  return documents.flatMap((document, index) => {
    const source = makers[index];
    return source === undefined ? [] : [{ document, source }];
  });
}

function failuresOf({ document, source }: Placed, failing: readonly Disposition[]): readonly string[] {
  return document.report.entries
    .filter(({ disposition }) => failing.includes(disposition))
    .map(({ path, disposition, reason }) => {
      const own = `${templatePath(document.source)}${path}`;
      const verdict = disposition === "reject" ? "rejected" : "approximated";
      return `${source.placeOf(own)}: ${nameOf(document.source)}: ${own}: ${verdict}: ${reason}`;
    });
}

/** Where the pod of a workload stands in it. */
function templatePath({ kind }: WorkloadSource): string {
  if (kind === "Pod") return "";
  return kind === "CronJob" ? "spec.jobTemplate.spec.template." : "spec.template.";
}
