import type { ProcessOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { environmentWords, privilegesOf } from "./launch-script.ts";
import { shellQuote } from "./shell-quote.ts";
import { identityFunction } from "./supervisor-script.ts";

export interface HookCommandInput {
  readonly container: PlannedContainer;
  readonly command: readonly string[];
  readonly tools: MachineTools;
  readonly owner?: ProcessOwner;
  /** The program beside which the command runs. */
  readonly pid: number;
  /** Where the command writes who it is, so that a later provider can end it. */
  readonly identityFile: string;
  /** Whether the program has mounts of its own. */
  readonly mounted: boolean;
}

/**
 * The command line that runs `command` where a container's program runs: its mounts, root and hostname, its working directory,
 * its user and privileges. Its environment is to be that of the container.
 */
export function hookCommand(input: HookCommandInput): readonly string[] {
  const { container, command, tools, pid, identityFile, mounted } = input;
  const words = [...environmentWords(container, tools), ...privilegesOf(input), ...command];
  const script = `${identityFunction(tools)}
vkubelet_identity >${shellQuote(identityFile)} || exit 1
cd ${shellQuote(container.workingDir)} || exit 1
unset PWD OLDPWD
exec ${words.map(shellQuote).join(" ")}`;
  const enter =
    mounted && tools.nsenter !== undefined
      ? [tools.nsenter, `--target=${pid}`, "--mount", ...(tools.hostname ? ["--uts"] : []), "--root", "--"]
      : [];
  return [...enter, tools.sh, "-c", script];
}
