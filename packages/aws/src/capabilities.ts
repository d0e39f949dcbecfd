/** What a container may do that says nothing (Docker, "Runtime privilege and Linux capabilities"); ECS gives the same. */
const defaultCapabilities: readonly string[] = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** A set of capabilities as a change of the default one. */
export interface CapabilityChanges {
  /** Beyond the default. */
  readonly add: readonly string[];
  /** Of the default; `ALL` stands for every one. */
  readonly drop: readonly string[];
}

/**
 * What a container asks for, with as few additions as possible: to drop all and add a default one is to drop all the
 * others. AWS allows drops far more than additions.
 */
export function capabilityChanges(added: readonly string[], dropped: readonly string[]): CapabilityChanges {
  const add = [...new Set(added.map(bare))];
  const drop = [...new Set(dropped.map(bare))];
  const beyond = add.filter((name) => !defaultCapabilities.includes(name));
  const kept = add.filter((name) => defaultCapabilities.includes(name));
  if (!drop.includes("ALL") || kept.length === 0) return { add: beyond, drop };
  return { add: beyond, drop: defaultCapabilities.filter((name) => !kept.includes(name)) };
}

function bare(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}
