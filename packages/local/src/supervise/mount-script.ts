import type { MachineTools } from "../machine/tools.ts";
import { shellQuote } from "./shell-quote.ts";

/** A mount whose source has been prepared on disk. */
export interface ReadyMount {
  /** Absolute path of an existing file or directory. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Whether the source lies in the provider's directory, so that targets of deeper mounts may be made in it. */
  readonly ours: boolean;
}

/**
 * Shell text that puts the mounts in place, inside a private mount namespace; empty without mounts.
 *
 * A target that this machine does not have must not be created there: nothing outside the provider's directory is ever
 * written. So the namespace gets a directory of its own in the place where the target is missing: a stand-in that
 * shows what is there (links to the original, bound elsewhere) and can hold the new name. When the missing name is
 * right below `/`, the whole root is such a stand-in, entered with chroot; so it is for any missing name where the
 * program is `confined`, that is, bars itself from the kubelet's directories: stand-ins then lie below the root.
 * The one for `/dev` is a tmpfs with what is there below `/dev/.vkubelet`, which bars nobody. Deeper in `/dev`, in `/proc`
 * and `/sys` there is none: a missing target there fails the start.
 */
export function mountCommands(
  mounts: readonly ReadyMount[],
  instanceDirectory: string,
  tools: MachineTools,
  confined: boolean,
): string {
  if (mounts.length === 0) return "";
  const mount = shellQuote(tools.mount ?? "mount");
  const lines = mountOrder(mounts).map(({ source, target, readOnly, ours }) =>
    ["vkubelet_place", source, target, readOnly ? "ro" : "rw", ours ? "ours" : ""].map(shellQuote).join(" "),
  );
  return `${rootCommands(mounts, instanceDirectory, tools, confined)}
${placeFunctions(tools, mount)}
${lines.join("\n")}
`;
}

/** What lies higher first, so that nested mounts are not hidden. */
export function mountOrder(mounts: readonly ReadyMount[]): readonly ReadyMount[] {
  return [...mounts].sort((a, b) => depth(a.target) - depth(b.target));
}

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}

/** Enters a stand-in for \`/\` when a target's first name is missing, and runs the script again from there. */
function rootCommands(
  mounts: readonly ReadyMount[],
  instanceDirectory: string,
  tools: MachineTools,
  confined: boolean,
): string {
  const top = (target: string) => `/${target.split("/").filter((part) => part !== "")[0]}`;
  // The stand-in for /dev bars nobody.
  const barred = confined ? mounts.filter(({ target }) => !/^\/+dev\/+[^/]+$/.test(target)) : mounts;
  const needed = new Set(barred.map(({ target }) => (confined ? target : top(target))));
  if (needed.size === 0) return ownStandIns(instanceDirectory);
  const root = shellQuote(`${instanceDirectory}/root`);
  const script = shellQuote(`${instanceDirectory}/launch.sh`);
  const mount = shellQuote(tools.mount ?? "mount");
  const missing = [...needed].map((path) => `[ ! -e ${shellQuote(path)} ]`).join(" || ");
  return `if [ "\${1-}" != entered ] && { ${missing}; }; then
  ${shellQuote(tools.mkdir)} ${root} && ${mount} --bind ${root} ${root} && ${mount} --make-unbindable ${root} ||
    vkubelet_fail 'mounts: a root of its own could not be made'
  for vkubelet_entry in /* /.[!.]*; do
    if [ -L "$vkubelet_entry" ]; then
      ${shellQuote(tools.cp)} -P "$vkubelet_entry" ${root}/
    elif [ -d "$vkubelet_entry" ]; then
      ${shellQuote(tools.mkdir)} ${root}"$vkubelet_entry" && ${mount} --rbind "$vkubelet_entry" ${root}"$vkubelet_entry"
    elif [ -e "$vkubelet_entry" ]; then
      : >${root}"$vkubelet_entry" && ${mount} --bind "$vkubelet_entry" ${root}"$vkubelet_entry"
    fi || vkubelet_fail "mounts: $vkubelet_entry could not be shown in a root of its own"
  done
  exec ${shellQuote(tools.chroot ?? "chroot")} ${root} ${shellQuote(tools.sh)} ${script} entered
fi
${ownStandIns(instanceDirectory)}
if [ "\${1-}" = entered ]; then
  # Unbindable only kept it out of itself; from here on stand-ins below it are bound.
  ${mount} --make-private / || vkubelet_fail 'mounts: a root of its own could not be made'
  vkubelet_own='
/
'
  vkubelet_stand_ins=/.vkubelet
fi`;
}

/** Where stand-ins are made unless the root is one. */
function ownStandIns(instanceDirectory: string): string {
  return `vkubelet_own=
vkubelet_stand_ins=${shellQuote(`${instanceDirectory}/stand-ins`)}`;
}

function placeFunctions(tools: MachineTools, mount: string): string {
  const mkdir = shellQuote(tools.mkdir);
  const stat = shellQuote(tools.stat ?? "stat");
  return `vkubelet_count=0
vkubelet_devices() {
  vkubelet_shown=$vkubelet_stand_ins/dev
  ${mkdir} -p "$vkubelet_shown" && ${mount} -t tmpfs -o mode=755,size=1m tmpfs "$vkubelet_shown" &&
    ${mkdir} "$vkubelet_shown/.vkubelet" && ${mount} --rbind /dev "$vkubelet_shown/.vkubelet" &&
    (cd "$vkubelet_shown" && ${shellQuote(tools.ln)} -s .vkubelet/* .) && ${mount} --rbind "$vkubelet_shown" /dev ||
    vkubelet_fail 'mounts: a stand-in for /dev could not be made'
}
vkubelet_stand_in() {
  case $1 in
  /dev)
    vkubelet_devices
    return
    ;;
  /dev/* | /proc | /proc/* | /sys | /sys/*) vkubelet_fail "mounts: $2 does not exist, and nothing can be added below $1" ;;
  esac
  vkubelet_count=$((vkubelet_count + 1))
  vkubelet_original=$vkubelet_stand_ins/$vkubelet_count/original
  vkubelet_shown=$vkubelet_stand_ins/$vkubelet_count/shown
  ${mkdir} -p "$vkubelet_original" "$vkubelet_shown" && ${mount} --rbind "$1" "$vkubelet_original" ||
    vkubelet_fail "mounts: a stand-in for $1 could not be made"
  vkubelet_shadowed=$1
  set --
  for vkubelet_entry in "$vkubelet_shadowed"/* "$vkubelet_shadowed"/.[!.]* "$vkubelet_shadowed"/..?*; do
    if [ -e "$vkubelet_entry" ] && [ ! -L "$vkubelet_entry" ]; then
      set -- "$@" "$vkubelet_original/\${vkubelet_entry##*/}"
    fi
  done
  [ $# = 0 ] || ${shellQuote(tools.ln)} -s -- "$@" "$vkubelet_shown/" ||
    vkubelet_fail "mounts: a stand-in for $vkubelet_shadowed could not be filled"
  set --
  for vkubelet_entry in "$vkubelet_shadowed"/* "$vkubelet_shadowed"/.[!.]* "$vkubelet_shadowed"/..?*; do
    [ ! -L "$vkubelet_entry" ] || set -- "$@" "$vkubelet_entry"
  done
  [ $# = 0 ] || ${shellQuote(tools.cp)} -P -- "$@" "$vkubelet_shown/" ||
    vkubelet_fail "mounts: a stand-in for $vkubelet_shadowed could not be filled"
  ${shellQuote(tools.chown ?? "chown")} "$(${stat} -c %u:%g -- "$vkubelet_shadowed")" "$vkubelet_shown" &&
    ${shellQuote(tools.chmod ?? "chmod")} "$(${stat} -c %a -- "$vkubelet_shadowed")" "$vkubelet_shown" &&
    ${mount} --bind "$vkubelet_shown" "$vkubelet_shadowed" ||
    vkubelet_fail "mounts: a stand-in for $vkubelet_shadowed could not be put in place"
}
vkubelet_place() {
  if [ ! -e "$2" ]; then
    vkubelet_parent=$2
    vkubelet_rest=
    while [ ! -e "$vkubelet_parent" ]; do
      vkubelet_rest=/\${vkubelet_parent##*/}$vkubelet_rest
      vkubelet_parent=\${vkubelet_parent%/*}
      vkubelet_parent=\${vkubelet_parent:-/}
    done
    vkubelet_parent=$(CDPATH= cd -P -- "$vkubelet_parent" && pwd -P) || vkubelet_fail "mounts: $2 is below something that is no directory"
    case $vkubelet_own in
    *"
$vkubelet_parent
"*) ;;
    *)
      vkubelet_stand_in "$vkubelet_parent" "$2"
      vkubelet_own="$vkubelet_own
$vkubelet_parent
"
      ;;
    esac
    vkubelet_parent=\${vkubelet_parent%/}
    if [ -d "$1" ]; then
      ${mkdir} -p -- "$vkubelet_parent$vkubelet_rest"
    else
      ${mkdir} -p -- "$vkubelet_parent\${vkubelet_rest%/*}" && : >"$vkubelet_parent$vkubelet_rest"
    fi || vkubelet_fail "mounts: $2 could not be made"
    while [ -n "\${vkubelet_rest%/*}" ]; do
      vkubelet_rest=\${vkubelet_rest%/*}
      vkubelet_own="$vkubelet_own
$vkubelet_parent$vkubelet_rest
"
    done
  fi
  ${mount} --bind -- "$1" "$2" || vkubelet_fail "mounts: $1 could not be mounted at $2"
  if [ "$3" = ro ]; then
    ${mount} -o remount,bind,ro -- "$2" || vkubelet_fail "mounts: $2 could not be made read-only"
  elif [ "$4" = ours ]; then
    vkubelet_own="$vkubelet_own
$(CDPATH= cd -P -- "$2" 2>/dev/null && pwd -P)
"
  fi
}`;
}
