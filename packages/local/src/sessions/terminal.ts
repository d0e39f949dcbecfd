import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ProviderError, type TerminalSize } from "@vkubelet/core";
import { findTool, type MachineTools } from "../machine/tools.ts";
import { shellQuote } from "../supervise/shell-quote.ts";

/** The programs that make a terminal and set its size: script of util-linux, and stty. */
export interface TerminalTools {
  readonly script: string;
  readonly stty: string;
  readonly tty: string;
}

/** `Unsupported` where one is missing. */
export function findTerminalTools(): TerminalTools {
  const required = (name: string): string => {
    const path = process.platform === "linux" ? findTool(name) : undefined;
    if (path !== undefined) return path;
    throw new ProviderError(
      "Unsupported",
      `a terminal needs Linux and the programs script (util-linux), stty and tty: ${name} is missing; leave out --tty`,
    );
  };
  return { script: required("script"), stty: required("stty"), tty: required("tty") };
}

/** File descriptor on which the line of {@link terminalLine} tells the name of its terminal. */
export const nameDescriptor = 3;

/**
 * The line that runs another with a terminal of its own, on whose input and output it stands between that and its own.
 * The variable SHELL of its environment must be {@link MachineTools.sh}.
 */
export function terminalLine(
  line: readonly string[],
  shell: string | undefined,
  { script, tty }: TerminalTools,
): readonly string[] {
  const restored = shell === undefined ? "unset SHELL" : `SHELL=${shellQuote(shell)}; export SHELL`;
  const inside = `${shellQuote(tty)} >&${nameDescriptor}; exec ${nameDescriptor}>&-; ${restored}; exec ${line.map(shellQuote).join(" ")}`;
  return [script, "--quiet", "--return", "--flush", "--echo", "always", "--command", inside, "/dev/null"];
}

/** The environment for {@link terminalLine}. */
export function terminalEnvironment(
  environment: Readonly<Record<string, string>>,
  { sh }: Pick<MachineTools, "sh">,
): Readonly<Record<string, string>> {
  // What a container runtime gives a process with a terminal.
  return { TERM: "xterm", ...environment, SHELL: sh };
}

/** Gives the terminal each size as it comes; the program in it gets SIGWINCH. */
export async function followSizes(
  terminal: string,
  sizes: AsyncIterable<TerminalSize>,
  { stty }: TerminalTools,
): Promise<void> {
  for await (const { width, height } of sizes) {
    await promisify(execFile)(stty, ["-F", terminal, "cols", String(width), "rows", String(height)]);
  }
}
