import { spawn } from "node:child_process";
import type { MachineTools } from "../machine/tools.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";

export interface SpawnInput {
  readonly tools: MachineTools;
  readonly supervisor: string;
  readonly instanceDirectory: string;
  readonly container: PlannedContainer;
  /** The watcher ended, or failed for the reason given. For waking, not for truth: that is on disk. */
  onEnd(failure?: string): void;
}

/**
 * Starts the watcher of an instance in a session of its own: it and its program outlive this process. The environment
 * is inherited by the program, so that no secret stands on a command line.
 */
export function spawnSupervisor(input: SpawnInput): void {
  const environment = Object.fromEntries(input.container.environment.map(({ name, value }) => [name, value]));
  const child = spawn(input.tools.sh, [input.supervisor, input.instanceDirectory], {
    detached: true,
    stdio: "ignore",
    cwd: "/",
    env: environment,
  });
  child.once("error", (error) => input.onEnd(error.message));
  child.once("exit", (code, signal) =>
    input.onEnd(code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`),
  );
  child.unref();
}
