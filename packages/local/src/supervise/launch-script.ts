import type { InstanceCgroup } from "../machine/cgroups.ts";
import type { ProcessOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import { survivesShell } from "../translate/environment.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { mountCommands, type ReadyMount } from "./mount-script.ts";
import { privilegeWords } from "./privilege-words.ts";
import { leaveMachine, type ReadyRoot, rootCommands } from "./root-script.ts";
import { shellQuote } from "./shell-quote.ts";
import { identityFunction } from "./supervisor-script.ts";
import { toolWords } from "./tool-words.ts";

export interface LaunchInput {
  readonly container: PlannedContainer;
  /** Absolute; where `process` and `start-error` are written. */
  readonly instanceDirectory: string;
  readonly mounts: readonly ReadyMount[];
  readonly tools: MachineTools;
  /** As whom the program runs; absent: as this process does. */
  readonly owner?: ProcessOwner;
  /** What becomes the program's root; absent: this machine's own. */
  readonly root?: ReadyRoot;
  /** Where the program's limits are set; absent: it has none. */
  readonly cgroup?: InstanceCgroup;
}

/**
 * The script that becomes the container's program: it prepares mounts and working directory, checks that the program
 * is there, writes who it is and replaces itself by the program, in a session and process group of its own.
 * What cannot be started leaves `start-error` with a text for people, as a container runtime words it, and exits 128.
 */
export function launchScript(input: LaunchInput): string {
  const { container, instanceDirectory, tools } = input;
  const privileges = privilegesOf(input);
  const words = toolWords(container, tools);
  const own = (name: string) => `"$vkubelet_machine"${shellQuote(`${instanceDirectory}/${name}`)}`;
  return `# Written by vkubelet: becomes the program of container ${JSON.stringify(container.name)}.
umask 022
vkubelet_machine=
vkubelet_fail() {
  printf '%s' "$1" >${own("start-error")}
  exit 128
}
${cgroupCommands(input.cgroup)}${hostnameCommand(container.hostname)}${identityFunction(tools)}
${placeCommands(input)}cd ${shellQuote(container.workingDir)} 2>/dev/null || vkubelet_fail ${shellQuote(
    `chdir to cwd (${JSON.stringify(container.workingDir)}) failed: no such directory${input.root === undefined ? " on this machine" : ""}`,
  )}
${programCheck(input, privileges)}
vkubelet_identity >${own("process.new")}
${words.mv.map(shellQuote).join(" ")} -f ${own("process.new")} ${own("process")}
${input.root === undefined ? "" : leaveMachine}unset PWD OLDPWD
exec ${[...environmentWords(container, tools), ...words.session, ...privileges, ...container.argv].map(shellQuote).join(" ")}
`;
}

/** Mounts what the container has of its own, in this machine's root or in one of its own. */
function placeCommands(input: LaunchInput): string {
  const { container, instanceDirectory, mounts, tools, root } = input;
  if (root === undefined) return mountCommands(mounts, instanceDirectory, tools, isConfined(input));
  const { entry } = tools;
  if (entry === undefined) return `vkubelet_fail 'root: this machine has no tools to enter it with'\n`;
  return rootCommands({ root, mounts, workingDir: container.workingDir, tools, entry });
}

/** Enters the container's control groups; what cannot be limited does not start. */
function cgroupCommands(cgroup: InstanceCgroup | undefined): string {
  return (cgroup?.directories ?? [])
    .map(
      (directory) => `{ printf '%s' "$$" >${shellQuote(`${directory}/cgroup.procs`)}; } 2>/dev/null ||
  vkubelet_fail ${shellQuote(`control group ${directory} cannot be entered`)}
`,
    )
    .join("");
}

/** Gives the namespace that the script runs in its name. */
function hostnameCommand(hostname: string | undefined): string {
  if (hostname === undefined) return "";
  return `{ printf '%s' ${shellQuote(hostname)} >/proc/sys/kernel/hostname; } 2>/dev/null ||
  vkubelet_fail ${shellQuote(`sethostname ${hostname} failed: the kernel does not take it`)}
`;
}

/** A launch script for what is known not to start: it leaves the reason and exits as such a start does. */
export function failureScript(instanceDirectory: string, message: string): string {
  return `printf '%s' ${shellQuote(message)} >${shellQuote(`${instanceDirectory}/start-error`)}
exit 128
`;
}

/** The command that gives what follows it the container's user and privileges; empty where it keeps this process's. */
export function privilegesOf({
  container,
  tools,
  owner,
}: Pick<LaunchInput, "container" | "tools" | "owner">): readonly string[] {
  const { setpriv } = toolWords(container, tools);
  if (container.security === undefined || owner === undefined || setpriv === undefined) return [];
  return privilegeWords(setpriv, container.security, owner);
}

/** Whether the directories above the instance, which are for the kubelet alone, bar the program. */
function isConfined({ container, owner }: LaunchInput): boolean {
  const { capabilities } = container.security ?? {};
  return (owner?.uid ?? 0) !== 0 || !(capabilities?.includes("dac_override") ?? true);
}

/** Looks at the program as the user who is to run it. */
function programCheck({ container, tools, owner }: LaunchInput, privileges: readonly string[]): string {
  const [program = ""] = container.argv;
  const script = checkScript(program);
  const asUser = (owner?.uid ?? 0) !== 0;
  const command = asUser
    ? [...privileges, ...toolWords(container, tools).sh, "-c", script].map(shellQuote).join(" ")
    : script;
  const unknown = `exec: ${JSON.stringify(program)}: user ${owner?.uid} cannot be taken on`;
  return `vkubelet_why=$(
${command}
) || vkubelet_fail "\${vkubelet_why:-${doubleQuoted(unknown)}}"`;
}

/** Text inside double quotes of a shell. */
function doubleQuoted(text: string): string {
  return text.replace(/[\\"$`}]/g, (character) => `\\${character}`);
}

/** Prints why the program cannot be run, and fails; does nothing where it can. */
function checkScript(program: string): string {
  const shown = JSON.stringify(program);
  const fail = (why: string) => `{ printf '%s' ${shellQuote(`exec: ${shown}: ${why}`)}; exit 1; }`;
  if (program.includes("/")) {
    const word = shellQuote(program);
    return `[ -e ${word} ] || ${fail(`stat ${program}: no such file or directory`)}
[ ! -d ${word} ] || ${fail("is a directory")}
[ -x ${word} ] || ${fail("permission denied")}`;
  }
  return `vkubelet_found=
vkubelet_rest=$PATH:
while [ -n "$vkubelet_rest" ]; do
  vkubelet_entry=\${vkubelet_rest%%:*}
  vkubelet_rest=\${vkubelet_rest#*:}
  vkubelet_entry=\${vkubelet_entry:-.}/${shellQuote(program)}
  if [ -f "$vkubelet_entry" ] && [ -x "$vkubelet_entry" ]; then
    vkubelet_found=1
    break
  fi
done
[ -n "$vkubelet_found" ] || ${fail("executable file not found in $PATH")}`;
}

/** \`env\` for the variables that the shell would lose or change; never for secrets, as command lines are public. */
export function environmentWords(container: PlannedContainer, tools: MachineTools): readonly string[] {
  const lost = container.environment.filter(({ name, secret }) => !survivesShell(name) && !secret);
  return lost.length === 0
    ? []
    : [...toolWords(container, tools).env, ...lost.map(({ name, value }) => `${name}=${value}`)];
}
