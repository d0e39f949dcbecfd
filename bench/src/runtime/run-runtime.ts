import { parseArgs } from "node:util";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { writeSection } from "../results-section.ts";
import { measureSubject } from "./parts/measure-subject.ts";
import type { SubjectResult } from "./parts/part-result.ts";
import { runtimeReport } from "./report/runtime-report.ts";
import { furtherSubjects, standardSubjects } from "./subjects/all-subjects.ts";
import type { Subject } from "./subjects/subject.ts";

const usage = `usage: npm run bench -- runtime [--pods 1000,…] [--with NAME,…] [--rounds N] [--idle-seconds N] [--write]

  --pods          pods at once; several numbers are measured one after the other (default 1000)
  --with          further subjects: ${furtherSubjects.map(({ name }) => name).join(", ")}
  --rounds        how often everything is measured; the middle of each figure counts (default 1)
  --idle-seconds  how long the running pods are left alone to see what that costs (default 0: not at all)
  --write         put the tables into bench/README.md
`;

/** Measures the runtime against the floor of the same machine and the same hour, on a real API server. */
export async function runRuntime(args: readonly string[]): Promise<void> {
  const settings = readSettings(args);
  if (!(await peerOrSkip("kubernetes")))
    throw new Error("the runtime is measured on a real API server, which is missing");
  const results: SubjectResult[] = [];
  for (const pods of settings.pods) {
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const subject of settings.subjects) {
        const report = (line: string) =>
          process.stderr.write(`${subject.name}, ${pods} pods, round ${round}: ${line}\n`);
        const { idleSeconds } = settings;
        const result = await measureSubject({ subject, pods, round, idleSeconds, report });
        results.push(result);
        process.stderr.write(`${JSON.stringify(result)}\n`);
      }
    }
  }
  const text = runtimeReport(results);
  process.stdout.write(text);
  if (settings.write) writeSection("runtime results", text);
}

interface Settings {
  readonly pods: readonly number[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly idleSeconds: number;
  readonly write: boolean;
}

function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pods: { type: "string", default: "1000" },
      with: { type: "string", default: "" },
      rounds: { type: "string", default: "1" },
      "idle-seconds": { type: "string", default: "0" },
      write: { type: "boolean", default: false },
    },
  });
  const further = values.with.split(",").filter((name) => name !== "");
  const unknown = further.filter((name) => !furtherSubjects.some((subject) => subject.name === name));
  if (unknown.length > 0) throw new Error(`--with ${unknown.join(",")}: no such subject\n\n${usage}`);
  return {
    pods: values.pods.split(",").map((text) => wholeNumber("--pods", text)),
    subjects: [...standardSubjects, ...furtherSubjects.filter(({ name }) => further.includes(name))],
    rounds: wholeNumber("--rounds", values.rounds),
    idleSeconds: wholeNumber("--idle-seconds", values["idle-seconds"]),
    write: values.write,
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${option} ${text}: not a whole number\n\n${usage}`);
  return Number(text);
}
