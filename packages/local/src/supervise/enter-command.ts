import type { ProcessOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { environmentWords, privilegesOf } from "./launch-script.ts";
import { shellQuote } from "./shell-quote.ts";
import { identityFunction } from "./supervisor-script.ts";
import { toolWords } from "./tool-words.ts";

export interface EnterCommandInput {
  readonly container: PlannedContainer;
  readonly command: readonly string[];
  readonly tools: MachineTools;
  readonly owner?: ProcessOwner;
  /** The program beside which the command runs. */
  readonly pid: number;
  /** Where the command writes who it is, so that a later provider can end it. */
  readonly identityFile?: string;
  /** Whether the program has mounts of its own. */
  readonly mounted: boolean;
}

/**
 * The command line that runs `command` where a container's program runs: its mounts, root and hostname, its working
 * directory, its user and privileges. Its environment is to be that of the container.
 */
export function enterCommand(input: EnterCommandInput): readonly string[] {
  const { container, command, tools, identityFile } = input;
  const inside = `cd ${shellQuote(container.workingDir)} || exit 1
unset PWD OLDPWD
exec ${shellLine([...environmentWords(container, tools), ...privilegesOf(input), ...command])}`;
  // A root of its own does not have the file; what enters it stays the same process.
  const identity =
    identityFile === undefined
      ? ""
      : `${identityFunction(tools)}
vkubelet_identity >${shellQuote(identityFile)} || exit 1
`;
  const script = `${identity}exec ${shellLine([...enterWords(input), ...toolWords(container, tools).sh, "-c", inside])}`;
  return [tools.sh, "-c", script];
}

function enterWords({ mounted, tools, pid }: EnterCommandInput): readonly string[] {
  if (!mounted || tools.nsenter === undefined) return [];
  const hostname = tools.hostname ? ["--uts"] : [];
  return [tools.nsenter, `--target=${pid}`, "--mount", ...hostname, "--root", "--"];
}

function shellLine(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
