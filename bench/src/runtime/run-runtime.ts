import { existsSync } from "node:fs";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { measureSubject } from "./parts/measure-subject.ts";
import { publish } from "./report/publish.ts";
import { resultsTable } from "./report/results-table.ts";
import { machineOfToday } from "./results/machine.ts";
import { openRound, withMeasurement } from "./results/open-rounds.ts";
import { readResults, writeResults } from "./results/results-file.ts";
import type { RunResults } from "./results/run-results.ts";
import { type RuntimeSettings, readRuntimeSettings } from "./settings.ts";

/**
 * Measures the runtime against the floor of the same machine and the same hour, on a real API server. Subjects take
 * turns within a round, so that what changes on the machine changes for all. Whatever fails is named, and the exit code
 * is 1 then.
 */
export async function runRuntime(args: readonly string[]): Promise<void> {
  const settings = readRuntimeSettings(args);
  if (!(await peerOrSkip("kubernetes")))
    throw new Error("the runtime is measured on a real API server, which is missing");
  const results = await measureAll(settings);
  process.stdout.write(resultsTable(results));
  if (settings.write) publish(results);
  if (results.measurements.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

async function measureAll(settings: RuntimeSettings): Promise<RunResults> {
  let results = startOf(settings);
  for (const pods of settings.pods) {
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const subject of settings.subjects) {
        const name = `${subject.name}, ${pods} pods, round ${round} of ${settings.rounds}`;
        const report = (line: string) => process.stderr.write(`${name}: ${line}\n`);
        if (!openRound(results, { subject: subject.name, pods, round })) {
          report("measured before");
          continue;
        }
        const { idleSeconds } = settings;
        const measurement = await measureSubject({ subject, pods, round, idleSeconds, report });
        report(JSON.stringify(measurement.figures));
        results = withMeasurement(results, measurement);
        writeResults(settings.resultsFile, results);
      }
    }
  }
  return results;
}

function startOf({ continue: goOn, resultsFile }: RuntimeSettings): RunResults {
  if (goOn && existsSync(resultsFile)) return readResults(resultsFile);
  return { machine: machineOfToday(), measurements: [] };
}
