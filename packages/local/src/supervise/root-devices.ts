import { entryPoint } from "../machine/entry-tools.ts";

const machine = `${entryPoint}/machine`;

/** Parts of /proc that a container without privileges may only read, and those that it may not even read, as runc has them. */
const readOnlyProc = ["bus", "fs", "irq", "sys", "sysrq-trigger"];
const hiddenFiles = [
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/sched_debug",
];
const hiddenDirectories = ["/proc/acpi", "/proc/scsi", "/proc/asound", "/sys/firmware"];

/** Shell text that brings /proc and /sys of this machine into a root of a container's own. */
export function rootSystemFiles(privileged: boolean): string {
  const fail = "|| vkubelet_fail 'root: /proc and /sys could not be mounted'";
  const whole = `vkubelet_make /proc directory
vkubelet_make /sys directory
vkubelet_tool mount --rbind ${machine}/proc /proc && vkubelet_tool mount ${privileged ? "--rbind" : "--bind"} ${machine}/sys /sys ${fail}`;
  if (privileged) return whole;
  return `${whole}
vkubelet_tool mount -o remount,bind,ro none /sys ${fail}
for vkubelet_path in ${readOnlyProc.map((name) => `/proc/${name}`).join(" ")}; do
  [ ! -e "$vkubelet_path" ] || { vkubelet_tool mount --bind "$vkubelet_path" "$vkubelet_path" &&
    vkubelet_tool mount -o remount,bind,ro none "$vkubelet_path"; } ${fail}
done
for vkubelet_path in ${hiddenFiles.join(" ")}; do
  [ ! -e "$vkubelet_path" ] || vkubelet_tool mount --bind ${machine}/dev/null "$vkubelet_path" ${fail}
done
for vkubelet_path in ${hiddenDirectories.join(" ")}; do
  [ ! -d "$vkubelet_path" ] || vkubelet_tool mount -t tmpfs -o ro,size=0 tmpfs "$vkubelet_path" ${fail}
done`;
}

/**
 * Shell text that makes /dev in a root of a container's own: the devices that every container has, terminals and shared
 * memory of its own; with privileges all of this machine's, as links, so that names can be added.
 */
export function rootDevices(privileged: boolean): string {
  const fail = "|| vkubelet_fail 'root: /dev could not be made'";
  const own = `vkubelet_make /dev directory
vkubelet_tool mount -t tmpfs -o mode=755,size=1m,nosuid,noexec tmpfs /dev ${fail}`;
  if (privileged) {
    return `${own}
vkubelet_tool mkdir /dev/.vkubelet && vkubelet_tool mount --rbind ${machine}/dev /dev/.vkubelet && cd /dev &&
  vkubelet_tool ln -s .vkubelet/* . && cd / ${fail}`;
  }
  return `${own}
for vkubelet_path in null zero full random urandom tty; do
  : >/dev/$vkubelet_path && vkubelet_tool mount --bind ${machine}/dev/$vkubelet_path /dev/$vkubelet_path ${fail}
done
vkubelet_tool ln -s /proc/self/fd /dev/fd && vkubelet_tool ln -s /proc/self/fd/0 /dev/stdin &&
  vkubelet_tool ln -s /proc/self/fd/1 /dev/stdout && vkubelet_tool ln -s /proc/self/fd/2 /dev/stderr &&
  vkubelet_tool ln -s pts/ptmx /dev/ptmx && vkubelet_tool mkdir /dev/pts /dev/shm &&
  vkubelet_tool mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts &&
  vkubelet_tool mount -t tmpfs -o mode=1777,nosuid,nodev,noexec,size=64m tmpfs /dev/shm ${fail}`;
}
