import { type MachineTools, namespaceWords } from "../machine/tools.ts";
import { shellQuote } from "./shell-quote.ts";

/**
 * Shell text that prints who the running shell is: pid, start time and boot, a line each. A pid alone is no identity,
 * since the kernel gives it out again.
 */
export function identityFunction(tools: MachineTools): string {
  if (tools.procfs) {
    // Field 22 of stat is the start time; the name before it may hold blanks and brackets, so cut at the last one.
    return `vkubelet_identity() {
  read -r vkubelet_line </proc/$$/stat
  set -- \${vkubelet_line##*) }
  vkubelet_start=\${20}
  read -r vkubelet_boot </proc/sys/kernel/random/boot_id
  printf '%s\\n%s\\n%s\\n' "$$" "$vkubelet_start" "$vkubelet_boot"
}`;
  }
  return `vkubelet_identity() {
  printf '%s\\n%s\\n\\n' "$$" "$(LC_ALL=C ${shellQuote(tools.ps)} -o lstart= -p $$)"
}`;
}

/**
 * The watcher of one instance of one container: \`sh supervise.sh INSTANCE-DIRECTORY\`. It claims the instance, runs
 * its launch script in the foreground and writes the exit status. A second watcher of the same instance finds the
 * claim and leaves, so starting one twice is harmless; that is what makes a start safe to repeat after a crash.
 */
export function supervisorScript(tools: MachineTools): string {
  const namespace =
    tools.unshare === undefined
      ? ""
      : `${[tools.unshare, ...namespaceWords(tools)].map(shellQuote).join(" ")} `;
  return `# Written by vkubelet: watches one instance of one container.
# A handler and not '': an ignored signal would stay ignored in the program.
trap : HUP INT TERM
umask 022
${identityFunction(tools)}
vkubelet_identity >"$1/claim.$$" || exit 1
if ! ${shellQuote(tools.ln)} "$1/claim.$$" "$1/claim" 2>/dev/null; then
  ${shellQuote(tools.rm)} -f "$1/claim.$$"
  exit 0
fi
${shellQuote(tools.rm)} -f "$1/claim.$$"
# In a shell of its own, or this one would write "Killed" among the program's output.
if [ -e "$1/namespace" ]; then
  (exec ${namespace}${shellQuote(tools.sh)} "$1/launch.sh" </dev/null >>"$1/stdout" 2>>"$1/stderr")
else
  (exec ${shellQuote(tools.sh)} "$1/launch.sh" </dev/null >>"$1/stdout" 2>>"$1/stderr")
fi
vkubelet_code=$?
# A container ends with its first process: what that left in its process group ends too.
if read -r vkubelet_pid <"$1/process"; then
  kill -s KILL -- "-$vkubelet_pid"
fi 2>/dev/null
# The first line names a file that counts kills for want of memory, the others the control groups.
if [ -e "$1/cgroup" ]; then
  read -r vkubelet_events <"$1/cgroup"
  while read -r vkubelet_key vkubelet_value; do
    if [ "$vkubelet_key" = oom_kill ] && [ "$vkubelet_value" != 0 ]; then : >"$1/oom-killed"; fi
  done <"$vkubelet_events"
  # Remembered, because the directory may be gone as soon as the end is known.
  while read -r vkubelet_cgroup; do set -- "$@" "$vkubelet_cgroup"; done <"$1/cgroup"
fi 2>/dev/null
# Again and again while the disk is full; but a directory that somebody removed never comes back.
until printf '%s\\n' "$vkubelet_code" >"$1/exit.new" && ${shellQuote(tools.mv)} -f "$1/exit.new" "$1/exit"; do
  [ -d "$1" ] || break
  ${shellQuote(tools.sleep)} 1
done 2>/dev/null
shift
for vkubelet_cgroup; do
  vkubelet_tries=10
  until ! [ -d "$vkubelet_cgroup" ] || ${shellQuote(tools.rmdir)} "$vkubelet_cgroup" || [ "$vkubelet_tries" = 0 ]; do
    # Of version 2 all die at once, however fast they start others.
    if [ -e "$vkubelet_cgroup/cgroup.kill" ]; then
      printf 1 >"$vkubelet_cgroup/cgroup.kill"
    else
      while read -r vkubelet_pid; do kill -s KILL "$vkubelet_pid"; done <"$vkubelet_cgroup/cgroup.procs"
    fi
    vkubelet_tries=$((vkubelet_tries - 1))
    ${shellQuote(tools.sleep)} 1
  done
done 2>/dev/null
`;
}
