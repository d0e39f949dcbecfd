import { join } from "node:path";
import { repeatedCreates } from "../processes/backend-journal.ts";
import { startNodeProgram } from "./node-program.ts";
import { finishesAllOnSignal, runningSubject } from "./running-subject.ts";
import type { Subject } from "./subject.ts";
import { packageVersion } from "./versions.ts";

/** `@vkubelet/kubelet` as it is built, with a provider that answers at once. */
export const vkubelet: Subject = vkubeletSubject("vkubelet", []);

/** The same for a backend whose listings lag behind, so that each create must be durable before it is sent. */
export const vkubeletLagging: Subject = vkubeletSubject("vkubelet-lagging", ["--absence-grace-ms", "10000"]);

function vkubeletSubject(name: string, args: readonly string[]): Subject {
  return {
    name,
    restarts: true,
    version: () => packageVersion("kubelet"),
    async start(stage) {
      const journal = join(stage.folder, "backend.journal");
      const running = await startNodeProgram(stage, "kubelet-process", ["--journal", journal, ...args]);
      return runningSubject(running, {
        ...finishesAllOnSignal(running),
        repeatedCreates: () => repeatedCreates(journal),
      });
    },
  };
}
