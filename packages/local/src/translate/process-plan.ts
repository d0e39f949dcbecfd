import type { ContainerKind, ResolvedDns, ResolvedNetwork, RestartPolicy } from "@vkubelet/core";
import type { HookAction } from "@vkubelet/pod";
import type { LocalImages } from "./local-image.ts";

/** One variable of a process. `secret` marks a value that must reach no log and no command line. */
export interface PlannedVariable {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

/** A volume, or a part of it, at a path of one container. */
export interface PlannedMount {
  readonly volume: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  /** Relative, without `..`. */
  readonly subPath?: string;
}

/** A limit of local storage: of an emptyDir, a container or the pod. */
export interface PlannedLimit {
  readonly bytes: number;
  /** What is said when the pod is evicted for it; absent for a critical pod, which never is. */
  readonly eviction?: string;
}

/** Where a volume's content comes from. File contents stay in the resolved pod: a plan holds none. */
export type PlannedVolume =
  | {
      readonly name: string;
      readonly type: "emptyDir";
      /** A tmpfs, where there are mount namespaces; absent: a directory on disk. */
      readonly medium?: "Memory";
      readonly limit?: PlannedLimit;
    }
  | { readonly name: string; readonly type: "files" }
  | { readonly name: string; readonly type: "hostPath"; readonly path: string };

export interface PlannedRestartRule {
  readonly action: string;
  readonly exitCodes?: { readonly operator: "In" | "NotIn"; readonly values?: readonly number[] };
}

/** As whom a program runs, and with which privileges (pod-semantics U6). */
export interface PlannedSecurity {
  /** Absent: the image's, else root. */
  readonly user?: number;
  /** `user` or `user:group`, numbers or names, of what stands in for the image. */
  readonly imageUser?: string;
  /** Absent: the image's with its user, else the one that /etc/passwd has for the user, else 0, as container runtimes have it. */
  readonly group?: number;
  /** The pod's supplementalGroups and fsGroup. */
  readonly groups: readonly number[];
  /** Whether the groups that /etc/group has for the user come in addition (`Merge`). */
  readonly mergeGroups: boolean;
  /** The most that the program can ever have, lower-case without `cap_`; absent: all that the kubelet has. */
  readonly capabilities?: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** What a container may use, for control groups. */
export interface PlannedLimits {
  readonly memoryBytes?: number;
  /** Thousandths of a processor. */
  readonly cpuMilli?: number;
  /** Weight against others, by the request: 1024 for one processor, from 2 to 262144. */
  readonly cpuShares: number;
}

/** A directory of this machine as a container's root. */
export interface PlannedRoot {
  readonly path: string;
  readonly readOnly: boolean;
  /** All of this machine's devices are there, and the kernel's settings may be written. */
  readonly privileged: boolean;
}

/** Lines of a hosts file beside this machine's. */
export interface PlannedHosts {
  /** The names of the pod's own address, the full one first where it has one; empty on the host's network. */
  readonly names: readonly string[];
  readonly aliases: ResolvedNetwork["hostAliases"];
}

/** What one container of the pod is as a process of this machine. */
export interface PlannedContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  /** Only reported in the status: nothing is pulled. */
  readonly image: string;
  /** Program and arguments; never empty. */
  readonly argv: readonly string[];
  /** What is the root of its file system; absent: this machine's own. */
  readonly root?: PlannedRoot;
  /** Where the pod names none: that of what stands in for the image, else `/`. */
  readonly workingDir: string;
  /** The whole environment; nothing is inherited from the kubelet. */
  readonly environment: readonly PlannedVariable[];
  readonly mounts: readonly PlannedMount[];
  /** What the kernel calls the container's host; absent: this machine's own name. */
  readonly hostname?: string;
  /** What the container's hosts file holds beside this machine's; absent: it sees this machine's own. */
  readonly hosts?: PlannedHosts;
  /** The container's resolv.conf; absent: it sees this machine's own. */
  readonly resolver?: ResolvedDns;
  readonly restartPolicy: RestartPolicy;
  readonly restartPolicyRules: readonly PlannedRestartRule[];
  /** Absent where no file is collected: then the message can only come from the logs. */
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy: "File" | "FallbackToLogsOnError";
  /** The limit of its output and of what it writes to a root of its own; absent: none. */
  readonly storage?: PlannedLimit;
  /** Absent where nothing is asked for, or control groups cannot be made. */
  readonly limits?: PlannedLimits;
  /** Beside the program once it runs, and before its stop signal. */
  readonly postStart?: HookAction;
  readonly preStop?: HookAction;
  /** Absent: SIGTERM. */
  readonly stopSignal?: string;
  /** Absent where every process is what the kubelet is. */
  readonly security?: PlannedSecurity;
}

/** What a pod becomes on this machine: processes, volumes and the rules to run them by. */
export interface ProcessPlan {
  readonly restartPolicy: RestartPolicy;
  readonly terminationGracePeriodSeconds: number;
  /** The address that stands as pod and host IP. */
  readonly address: string;
  /** Init containers and sidecars in spec order, then the main containers in spec order. */
  readonly containers: readonly PlannedContainer[];
  readonly volumes: readonly PlannedVolume[];
  /** The limits of local storage of its containers together; absent where none has any. */
  readonly storage?: PlannedLimit;
  /** The group that volumes get (fsGroup). */
  readonly fileGroup?: number;
  /** The user that tokens belong to: the one as whom all containers run, where they all name it (pod-semantics C7). */
  readonly tokenUser?: number;
}

/** Facts of the machine that a translation rests on; gathered by the provider, invented by nobody. */
export interface LocalHost {
  readonly operatingSystem: "linux" | "darwin";
  readonly architecture: "amd64" | "arm64";
  /** The user and group of the kubelet, and of every process where `users` is `own`. */
  readonly uid: number;
  readonly gid: number;
  /** Stands for `status.podIP` and `status.hostIP`. */
  readonly address: string;
  /**
   * How `mountPath` is honoured. `namespace`: each container gets a private mount namespace. `reject`: there is no
   * way to honour one, so a pod that asks for it is rejected by path.
   */
  readonly mounts: "namespace" | "reject";
  /** Whose name `hostname` prints: the pod's own, in a namespace for each container, or this machine's. */
  readonly hostname: "own" | "machine";
  /**
   * How users, groups and capabilities are honoured. `any`: the kubelet is root and `setpriv` gives them to a program.
   * `own`: every process is what the kubelet is, so a pod that asks for another user is rejected by path.
   */
  readonly users: "any" | "own";
  /** Whether requests and limits of processor time and memory are enforced, by control groups, or only counted. */
  readonly limits: "cgroup" | "none";
  /** What this machine's resolv.conf says; absent where there is none. */
  readonly resolver?: ResolvedDns | undefined;
  /** What stands in for images; absent: nothing does. */
  readonly images?: LocalImages | undefined;
  /** Why no container can have a root of its own though there are mount namespaces; absent: it can. */
  readonly rootRefusal?: string | undefined;
}

/** PATH of a container that sets none, as container runtimes have it. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
