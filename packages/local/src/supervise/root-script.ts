import { type EntryTools, entryPoint, entryWords } from "../machine/entry-tools.ts";
import type { MachineTools } from "../machine/tools.ts";
import { mountOrder, type ReadyMount } from "./mount-script.ts";
import { rootDevices, rootSystemFiles } from "./root-devices.ts";
import { shellQuote } from "./shell-quote.ts";

/** A directory that becomes the root of a container. */
export interface ReadyRoot {
  /** Real path of an existing directory. */
  readonly source: string;
  /** Real path of the prepared directories `image`, `upper`, `work` and `merged`. */
  readonly layers: string;
  readonly readOnly: boolean;
  /** Sees all of this machine's devices, and may write its kernel's settings. */
  readonly privileged: boolean;
}

export interface RootScriptInput {
  readonly root: ReadyRoot;
  /** With real paths as sources. */
  readonly mounts: readonly ReadyMount[];
  /** Made where it is missing, as container runtimes do. */
  readonly workingDir: string;
  readonly tools: MachineTools;
  readonly entry: EntryTools;
}

const machine = `${entryPoint}/machine`;

/**
 * Shell text that exchanges the root, inside a private mount namespace: an overlay on the directory, so that it stays as
 * it is, takes the place of this machine's root, which stays at `$vkubelet_machine` until {@link leaveMachine}. From
 * then on paths are those of the container, and only the tools at {@link entryPoint} can be run.
 */
export function rootCommands(input: RootScriptInput): string {
  const { root, mounts, workingDir, tools, entry } = input;
  const quoted = (name: "mount" | "pivotRoot" | "mkdir") => shellQuote(tools[name] ?? name);
  const flags = root.privileged ? "" : "nodev,";
  // Relative, because an option ends at a comma and a layer at a colon.
  return `cd ${shellQuote(root.layers)} && ${quoted("mount")} --bind ${shellQuote(root.source)} image &&
  ${quoted("mount")} -t overlay -o ${flags}lowerdir=image,upperdir=upper,workdir=work overlay merged ||
  vkubelet_fail ${shellQuote(`root: no overlay on ${root.source} could be mounted`)}
cd merged && { [ -d .vkubelet ] || ${quoted("mkdir")} .vkubelet; } && [ ! -L .vkubelet ] &&
  ${quoted("mount")} --bind ${shellQuote(entry.directory)} .vkubelet && ${quoted("mount")} -o remount,bind,ro none .vkubelet &&
  ${quoted("pivotRoot")} . .vkubelet/machine && cd / || vkubelet_fail ${shellQuote(`root: ${root.source} could not be entered`)}
vkubelet_machine=${machine}
vkubelet_tool() {
  vkubelet_name=$1
  shift
  ${entryWords(entry, "sh").slice(0, -1).map(shellQuote).join(" ")} ${entryPoint}/bin/"$vkubelet_name" "$@"
}
${placeFunctions}
${rootSystemFiles(root.privileged)}
${rootDevices(root.privileged)}
${mountOrder(mounts)
  .map(({ source, target, readOnly, ours }) =>
    ["vkubelet_place", `${machine}${source}`, target, readOnly ? "ro" : "rw", ours ? "ours" : ""]
      .map(shellQuote)
      .join(" "),
  )
  .join("\n")}
vkubelet_make ${shellQuote(workingDir)} directory
${root.readOnly ? "vkubelet_tool mount -o remount,bind,ro none / || vkubelet_fail 'root: it could not be made read-only'" : ""}
`;
}

/** Takes this machine's root away from the container: nothing of it can be reached any more. */
export const leaveMachine: string = `vkubelet_tool umount -l ${machine} || vkubelet_fail 'root: this machine could not be left'
`;

/**
 * A missing target is made, by its real parent: a link that a program left in a volume must not lead into this machine,
 * and in a volume that is a directory of this machine nothing is made.
 */
const placeFunctions = `vkubelet_foreign=
vkubelet_make() {
  [ ! -e "$1" ] || return 0
  vkubelet_parent=$1
  vkubelet_rest=
  while [ ! -e "$vkubelet_parent" ]; do
    vkubelet_rest=/\${vkubelet_parent##*/}$vkubelet_rest
    vkubelet_parent=\${vkubelet_parent%/*}
    vkubelet_parent=\${vkubelet_parent:-/}
  done
  vkubelet_parent=$(CDPATH= cd -P -- "$vkubelet_parent" && pwd -P) || vkubelet_fail "mounts: $1 is below something that is no directory"
  vkubelet_barred="${entryPoint}
/proc
/sys
$vkubelet_foreign"
  while [ -n "$vkubelet_barred" ]; do
    case $vkubelet_parent/ in
    "\${vkubelet_barred%%
*}"/*) vkubelet_fail "mounts: $1 does not exist, and nothing is added below $vkubelet_parent" ;;
    esac
    vkubelet_barred=\${vkubelet_barred#*
}
  done
  vkubelet_parent=\${vkubelet_parent%/}
  if [ "$2" = directory ]; then
    vkubelet_tool mkdir -p -- "$vkubelet_parent$vkubelet_rest"
  else
    vkubelet_tool mkdir -p -- "$vkubelet_parent\${vkubelet_rest%/*}/" && : >"$vkubelet_parent$vkubelet_rest"
  fi || vkubelet_fail "mounts: $1 could not be made"
}
vkubelet_place() {
  if [ -d "$1" ]; then vkubelet_make "$2" directory; else vkubelet_make "$2" file; fi
  vkubelet_tool mount --bind -- "$1" "$2" || vkubelet_fail "mounts: \${1#${machine}} could not be mounted at $2"
  if [ "$3" = ro ]; then
    vkubelet_tool mount -o remount,bind,ro none "$2" || vkubelet_fail "mounts: $2 could not be made read-only"
  elif [ "$4" != ours ] && [ -d "$2" ]; then
    vkubelet_foreign="$(CDPATH= cd -P -- "$2" && pwd -P)
$vkubelet_foreign"
  fi
}`;
