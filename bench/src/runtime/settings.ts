import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import { publishedFile, runFile } from "./results/results-file.ts";
import { furtherSubjects, standardSubjects } from "./subjects/all-subjects.ts";
import type { Subject } from "./subjects/subject.ts";

const usage = `usage: npm run bench -- runtime [--pods 1000,…] [--with NAME,…] [--rounds N] [--idle-seconds N]
                               [--results FILE] [--continue] [--write]
       npm run bench -- draw [--results FILE] [--write]

  --pods          pods at once; several numbers are measured one after the other (default 1000)
  --with          further subjects: ${furtherSubjects.map(({ name }) => name).join(", ")}
  --rounds        how often everything is measured; the middle of each figure counts (default 1)
  --idle-seconds  how long the running pods are left alone to see what that costs (default 0: not at all)
  --results       the file that keeps what was measured (default tmp/bench/runtime.json; of draw
                  bench/results/runtime.json)
  --continue      measures only what the file lacks, or holds as failed
  --write         puts table, plot and results into the documentation
`;

/** What is measured, and what becomes of it. */
export interface RuntimeSettings {
  readonly pods: readonly number[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly idleSeconds: number;
  readonly resultsFile: string;
  readonly continue: boolean;
  readonly write: boolean;
}

/** Reads the arguments of `runtime`; throws a UsageError. */
export function readRuntimeSettings(args: readonly string[]): RuntimeSettings {
  const values = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        pods: { type: "string", default: "1000" },
        with: { type: "string", default: "" },
        rounds: { type: "string", default: "1" },
        "idle-seconds": { type: "string", default: "0" },
        results: { type: "string", default: runFile },
        continue: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
      },
    }),
  );
  const further = values.with.split(",").filter((name) => name !== "");
  const unknown = further.filter((name) => !furtherSubjects.some((subject) => subject.name === name));
  if (unknown.length > 0) throw wrong(`--with ${unknown.join(",")}: no such subject`);
  const pods = values.pods.split(",").map((text) => wholeNumber("--pods", text, 1));
  return {
    pods: [...new Set(pods)].sort((left, right) => left - right),
    subjects: [...standardSubjects, ...furtherSubjects.filter(({ name }) => further.includes(name))],
    rounds: wholeNumber("--rounds", values.rounds, 1),
    idleSeconds: wholeNumber("--idle-seconds", values["idle-seconds"], 0),
    resultsFile: resolve(values.results),
    continue: values.continue,
    write: values.write,
  };
}

/** Reads the arguments of `draw`; throws a UsageError. */
export function readDrawSettings(args: readonly string[]): {
  readonly resultsFile: string;
  readonly write: boolean;
} {
  const { results, write } = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        results: { type: "string", default: publishedFile },
        write: { type: "boolean", default: false },
      },
    }),
  );
  return { resultsFile: resolve(results), write };
}

function parsed<T>(parse: () => { readonly values: T }): T {
  try {
    return parse().values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < least) {
    throw wrong(`${option} ${text}: not a whole number from ${least} on`);
  }
  return Number(text);
}

function wrong(message: string): UsageError {
  return new UsageError(`${message}\n\n${usage}`);
}
