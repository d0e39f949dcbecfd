import { entryWords } from "../machine/entry-tools.ts";
import type { MachineTools } from "../machine/tools.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";

/** The words that start each tool where a container's program is started. */
export interface ToolWords {
  readonly sh: readonly string[];
  readonly mv: readonly string[];
  readonly env: readonly string[];
  /** Starts what follows it in a session of its own. */
  readonly session: readonly string[];
  /** Undefined where programs keep what the kubelet is. */
  readonly setpriv: readonly string[] | undefined;
}

/** This machine's own tools, or those that are brought along into a root of a container's own. */
export function toolWords({ root }: Pick<PlannedContainer, "root">, tools: MachineTools): ToolWords {
  const { entry, setpriv } = tools;
  if (root === undefined || entry === undefined) {
    return {
      sh: [tools.sh],
      mv: [tools.mv],
      env: [tools.env],
      session: sessionWords(tools),
      setpriv: setpriv === undefined ? undefined : [setpriv],
    };
  }
  return {
    sh: entryWords(entry, "sh"),
    mv: entryWords(entry, "mv"),
    env: entryWords(entry, "env"),
    session: [...entryWords(entry, "setsid"), "--"],
    setpriv: setpriv === undefined ? undefined : entryWords(entry, "setpriv"),
  };
}

function sessionWords(tools: MachineTools): readonly string[] {
  if (tools.setsid !== undefined) return [tools.setsid, "--"];
  return [
    tools.perl ?? "perl",
    "-e",
    "use POSIX (); POSIX::setsid(); exec {$ARGV[0]} @ARGV; print STDERR qq(exec: $!\\n); exit 127",
  ];
}
