import type { Capabilities } from "@vkubelet/pod";

/** Capabilities by number, as the kernel counts them; lower-case without `cap_`. */
export const knownCapabilities: readonly string[] = [
  "chown",
  "dac_override",
  "dac_read_search",
  "fowner",
  "fsetid",
  "kill",
  "setgid",
  "setuid",
  "setpcap",
  "linux_immutable",
  "net_bind_service",
  "net_broadcast",
  "net_admin",
  "net_raw",
  "ipc_lock",
  "ipc_owner",
  "sys_module",
  "sys_rawio",
  "sys_chroot",
  "sys_ptrace",
  "sys_pacct",
  "sys_admin",
  "sys_boot",
  "sys_nice",
  "sys_resource",
  "sys_time",
  "sys_tty_config",
  "mknod",
  "lease",
  "audit_write",
  "audit_control",
  "setfcap",
  "mac_override",
  "mac_admin",
  "syslog",
  "wake_alarm",
  "block_suspend",
  "audit_read",
  "perfmon",
  "bpf",
  "checkpoint_restore",
];

/** What a container has that asks for nothing: the default of containerd (`pkg/oci`, defaultUnixCaps) and of Docker. */
const runtimeDefault: readonly string[] = [
  "chown",
  "dac_override",
  "fsetid",
  "fowner",
  "mknod",
  "net_raw",
  "setgid",
  "setuid",
  "setfcap",
  "setpcap",
  "net_bind_service",
  "sys_chroot",
  "kill",
  "audit_write",
];

/** A capability's name as {@link knownCapabilities} has it, whether or not it was written with `CAP_`. */
export function capabilityName(written: string): string {
  return written.toLowerCase().replace(/^cap_/, "");
}

/**
 * The bounding set of a container (containerd `internal/cri/opts`, WithCapabilities): the runtime's default, or all or
 * none of them where `ALL` is added or dropped, then the added ones, less the dropped ones. Undefined: all.
 */
export function boundingSet({ add, drop }: Capabilities): readonly string[] | undefined {
  const added = add.map(capabilityName);
  const dropped = drop.map(capabilityName);
  let names = runtimeDefault;
  if (added.includes("all")) names = knownCapabilities;
  if (dropped.includes("all")) names = [];
  const bound = knownCapabilities.filter(
    (name) => (names.includes(name) || added.includes(name)) && !dropped.includes(name),
  );
  return bound.length === knownCapabilities.length ? undefined : bound;
}
