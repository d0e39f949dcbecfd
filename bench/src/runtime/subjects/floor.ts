import { startNodeProgram } from "./node-program.ts";
import { finishesAllOnSignal, runningSubject } from "./running-subject.ts";
import type { Subject } from "./subject.ts";

/** The writes that a kubelet owes, sent by hand: nothing can be faster on the same API server. */
export const floor: Subject = floorSubject("floor", []);

/** Without the terminal phase that Kubernetes asks of a kubelet before it removes a pod (since 1.27). */
export const bareFloor: Subject = floorSubject("bare-floor", ["--without-terminal-phase"]);

function floorSubject(name: string, args: readonly string[]): Subject {
  return {
    name,
    restarts: false,
    version: async () => undefined,
    async start(stage) {
      const running = await startNodeProgram(stage, "floor-process", args);
      return runningSubject(running, finishesAllOnSignal(running));
    },
  };
}
