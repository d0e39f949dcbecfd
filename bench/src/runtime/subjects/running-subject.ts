import type { RunningProcess } from "@vkubelet-tools/peers";

/** A started subject, in a process of its own. */
export interface RunningSubject {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Makes every pod of the node end with exit code 0, where the subject can be told to. */
  readonly finishAll?: () => void;
  /** How often each run was created at the backend beyond the first time; undefined where nobody counts. */
  readonly repeatedCreates?: () => number;
  /** Ends it without a chance to clean up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The subject that is a process, with what else it can be asked. */
export function runningSubject(
  running: RunningProcess,
  further: Pick<RunningSubject, "repeatedCreates" | "finishAll"> = {},
): RunningSubject {
  const { pid, exited } = running;
  return {
    ...{ pid, exited, ...further },
    kill: async () => {
      process.kill(pid, "SIGKILL");
      await exited;
    },
    stop: () => running.stop(),
  };
}

/** Tells a process of ours to let all its pods end. */
export function finishesAllOnSignal({ pid }: RunningProcess): { readonly finishAll: () => void } {
  return { finishAll: () => process.kill(pid, "SIGUSR2") };
}
