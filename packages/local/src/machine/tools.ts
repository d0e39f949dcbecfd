import { accessSync, constants } from "node:fs";
import { ProviderError } from "@vkubelet/core";
import type { CgroupTrees } from "./cgroups.ts";
import type { EntryTools } from "./entry-tools.ts";

/** The programs of this machine that supervision uses, by absolute path. */
export interface MachineTools {
  readonly sh: string;
  readonly ln: string;
  readonly mv: string;
  readonly rm: string;
  readonly env: string;
  readonly sleep: string;
  readonly ps: string;
  /** Whether /proc tells about processes; else `ps` is asked. */
  readonly procfs: boolean;
  /** Starts a program in a session of its own; where it is missing, perl does. */
  readonly setsid: string | undefined;
  readonly perl: string | undefined;
  /** Present only where private mount namespaces are used. */
  readonly unshare: string | undefined;
  /** Whether such a namespace has a hostname of its own. */
  readonly hostname: boolean;
  readonly mount: string | undefined;
  readonly umount: string | undefined;
  readonly nsenter: string | undefined;
  readonly chroot: string | undefined;
  /** Present only where containers can have a root of their own. */
  readonly pivotRoot: string | undefined;
  /** What is brought along into such a root. */
  readonly entry: EntryTools | undefined;
  readonly mkdir: string;
  readonly cp: string;
  /** Present only where programs get users, groups and capabilities of their own. */
  readonly setpriv: string | undefined;
  readonly rmdir: string;
  /** Gives room of files back to the file system; without it output is kept whole. */
  readonly fallocate: string | undefined;
  /** Where limits are enforced; undefined where they are only counted. */
  readonly cgroups: CgroupTrees | undefined;
  /** Tells mode and owner of a directory; present only where private mount namespaces are used. */
  readonly stat: string | undefined;
  readonly chmod: string | undefined;
  readonly chown: string | undefined;
}

/** What the tools are wanted for. */
export interface ToolWishes {
  readonly namespace: boolean;
  /** With `namespace`: a hostname of its own in each. */
  readonly hostname?: boolean | undefined;
  readonly users: boolean;
  readonly procfs: boolean;
  readonly cgroups?: CgroupTrees | undefined;
  readonly fallocate?: string | undefined;
}

/** Programs without which there are no private mount namespaces. */
export const namespaceTools = [
  "unshare",
  "mount",
  "umount",
  "nsenter",
  "chroot",
  "stat",
  "chmod",
  "chown",
] as const;

/** What `unshare` is told for a container's namespaces. */
export function namespaceWords({ hostname }: Pick<MachineTools, "hostname">): readonly string[] {
  return ["--mount", "--propagation", "private", ...(hostname ? ["--uts"] : [])];
}

const directories = [
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/bin",
  "/run/current-system/sw/bin",
];

/** Absolute path of a program in the system's own directories, or undefined. PATH of the kubelet plays no part. */
export function findTool(name: string): string | undefined {
  return directories
    .map((directory) => `${directory}/${name}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Looks the tools up; `Unavailable` names the first that is missing. */
export function findTools(options: ToolWishes): MachineTools {
  const required = (name: string): string => {
    const path = findTool(name);
    if (path === undefined) {
      throw new ProviderError(
        "Unavailable",
        `local provider cannot start processes: ${name} is not in ${directories.join(", ")}`,
        { reason: "ToolMissing" },
      );
    }
    return path;
  };
  const setsid = findTool("setsid");
  return {
    sh: required("sh"),
    ln: required("ln"),
    mv: required("mv"),
    rm: required("rm"),
    env: required("env"),
    sleep: required("sleep"),
    mkdir: required("mkdir"),
    cp: required("cp"),
    ps: options.procfs ? "/bin/ps" : required("ps"),
    procfs: options.procfs,
    rmdir: required("rmdir"),
    fallocate: options.fallocate,
    cgroups: options.cgroups,
    setsid,
    perl: setsid === undefined ? required("perl") : undefined,
    unshare: options.namespace ? required("unshare") : undefined,
    hostname: options.namespace && options.hostname === true,
    mount: options.namespace ? required("mount") : undefined,
    umount: options.namespace ? required("umount") : undefined,
    nsenter: options.namespace ? required("nsenter") : undefined,
    chroot: options.namespace ? required("chroot") : undefined,
    stat: options.namespace ? required("stat") : undefined,
    chmod: options.namespace ? required("chmod") : undefined,
    chown: options.namespace ? required("chown") : undefined,
    pivotRoot: options.namespace ? findTool("pivot_root") : undefined,
    entry: undefined,
    setpriv: options.users ? required("setpriv") : undefined,
  };
}
