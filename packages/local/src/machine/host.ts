import { execFile } from "node:child_process";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { arch, availableParallelism, networkInterfaces, platform, totalmem } from "node:os";
import { promisify } from "node:util";
import { type NodeDescription, ProviderError, type ResolvedDns } from "@vkubelet/core";
import { parseResolvConf } from "@vkubelet/pod";
import { isMissing } from "../state/files.ts";
import { privilegeWords } from "../supervise/privilege-words.ts";
import type { LocalImages } from "../translate/local-image.ts";
import type { LocalHost } from "../translate/process-plan.ts";
import type { CgroupTrees } from "./cgroups.ts";
import { findTool, namespaceTools, namespaceWords } from "./tools.ts";

export interface HostChoices {
  readonly mounts?: "namespace" | "reject" | undefined;
  readonly address?: string | undefined;
  readonly images?: LocalImages | undefined;
  /** Where control groups can be made; see {@link findCgroups}. */
  readonly cgroups?: CgroupTrees | undefined;
}

/** What this machine is and allows. `Unsupported` when it is neither Linux nor macOS, or cannot do what was chosen. */
export async function probeHost(choices: HostChoices): Promise<LocalHost> {
  const operatingSystem = platform();
  if (operatingSystem !== "linux" && operatingSystem !== "darwin") {
    throw new ProviderError(
      "Unsupported",
      `local provider cannot run on ${operatingSystem}: it needs Linux or macOS`,
    );
  }
  const mounts = await chooseMounts(choices.mounts, operatingSystem);
  return {
    operatingSystem,
    architecture: arch() === "arm64" ? "arm64" : "amd64",
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    address: choices.address ?? firstAddress(),
    mounts,
    hostname: mounts === "namespace" && (await canSetHostname()) ? "own" : "machine",
    // Only a container with mounts of its own can have a resolv.conf of its own.
    resolver: mounts === "namespace" ? await ownResolver() : undefined,
    images: choices.images,
    limits: choices.cgroups === undefined ? "none" : "cgroup",
    users: (await canChangeUsers(operatingSystem)) ? "any" : "own",
  };
}

/** What this machine's resolv.conf says; undefined where there is none, as for a kubelet with an empty `--resolv-conf`. */
async function ownResolver(): Promise<ResolvedDns | undefined> {
  try {
    return parseResolvConf(await readFile("/etc/resolv.conf", "utf8"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether /proc tells about processes here. */
export async function hasProcfs(): Promise<boolean> {
  try {
    await access("/proc/self/stat", constants.R_OK);
    return true;
  } catch {
    // Not there or not readable: `ps` is asked instead.
    return false;
  }
}

/**
 * Capacity of this machine, with `chosen` in place of what is measured. Local storage is the file system of `directory`;
 * of it a tenth is not for pods, as a kubelet keeps it back by its default for `nodefs.available`.
 */
export async function describeMachine(
  host: LocalHost,
  directory: string,
  chosen: Readonly<Record<string, string>> = {},
): Promise<NodeDescription> {
  const { blocks, bsize } = await statfs(directory, { bigint: true });
  const bytes = blocks * bsize;
  const capacity = {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    "ephemeral-storage": `${bytes / 1024n}Ki`,
    pods: "110",
    ...chosen,
  };
  return {
    capacity,
    allocatable: { ...capacity, "ephemeral-storage": String((bytes * 9n) / 10n), ...chosen },
    // Kubernetes knows no node of another kind: the pods of a Mac are meant for Linux.
    operatingSystem: "linux",
    architecture: host.architecture,
    runtimeVersion: "local://1",
  };
}

async function chooseMounts(
  chosen: "namespace" | "reject" | undefined,
  operatingSystem: "linux" | "darwin",
): Promise<"namespace" | "reject"> {
  if (chosen === "reject") return "reject";
  const refusal = await namespaceRefusal(operatingSystem);
  if (refusal === undefined) return "namespace";
  if (chosen === undefined) return "reject";
  throw new ProviderError("Unsupported", `mounts: namespace is not possible on this machine: ${refusal}`, {
    issues: [{ path: "mounts", message: refusal }],
  });
}

async function namespaceRefusal(operatingSystem: "linux" | "darwin"): Promise<string | undefined> {
  if (operatingSystem !== "linux") return "mount namespaces exist on Linux only";
  if (process.getuid?.() !== 0) return "the kubelet does not run as root";
  const missing = namespaceTools.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) return `${missing.join(", ")} not installed`;
  const unshare = findTool("unshare") ?? "unshare";
  const mount = findTool("mount") ?? "mount";
  try {
    // Bind something harmless upon itself: containers may be root and still be refused.
    const trial = [...namespaceWords({ hostname: false }), mount, "--bind", "/proc", "/proc"];
    await promisify(execFile)(unshare, trial, { env: {} });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** Whether a namespace can have a hostname of its own: /proc/sys may be read-only, as in a container. */
async function canSetHostname(): Promise<boolean> {
  const unshare = findTool("unshare") ?? "unshare";
  const script = "printf vkubelet >/proc/sys/kernel/hostname";
  try {
    await promisify(execFile)(unshare, ["--uts", findTool("sh") ?? "sh", "-c", script], { env: {} });
    return true;
  } catch {
    // The name stays this machine's, as reports say.
    return false;
  }
}

/** Whether `setpriv` of util-linux is there and may do all that it is asked for in a launch script. */
async function canChangeUsers(operatingSystem: "linux" | "darwin"): Promise<boolean> {
  const setpriv = findTool("setpriv");
  const env = findTool("env");
  if (operatingSystem !== "linux" || process.getuid?.() !== 0) return false;
  if (setpriv === undefined || env === undefined) return false;
  const security = { groups: [], mergeGroups: false, capabilities: [], noNewPrivileges: true };
  const trial = privilegeWords([], security, { uid: 65534, gid: 65534, groups: [65534] });
  try {
    await promisify(execFile)(setpriv, [...trial, env], { env: {} });
    return true;
  } catch {
    // busybox's setpriv knows none of it, and a confined root may not: processes stay what the kubelet is.
    return false;
  }
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
