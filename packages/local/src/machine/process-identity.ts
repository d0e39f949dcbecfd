import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { promisify } from "node:util";
import { ProviderError } from "@vkubelet/core";
import type { MachineTools } from "./tools.ts";

const { signals } = constants;

/**
 * One process for as long as the machine is up: pid and start time, and the boot in which both are meant. The start
 * time is opaque (clock ticks from /proc, or the text of `ps`).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
  /** Empty where the system has no boot id. */
  readonly boot: string;
}

/** Parses what the supervisor wrote; undefined when it is not whole. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [pid = "", start = "", boot = ""] = text.split("\n");
  return /^[1-9]\d*$/.test(pid) && start !== "" ? { pid: Number(pid), start: start.trim(), boot } : undefined;
}

/** Whether the very process still runs. A zombie has ended. */
export async function isRunning(identity: ProcessIdentity, tools: MachineTools): Promise<boolean> {
  if (!tools.procfs) {
    const started = await lstart(identity.pid, tools.ps);
    return started === identity.start;
  }
  if (identity.boot !== "" && identity.boot !== (await bootId())) return false;
  const stat = await readOrUndefined(`/proc/${identity.pid}/stat`);
  if (stat === undefined) return false;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] !== "Z" && fields[0] !== "X" && fields[19] === identity.start;
}

/**
 * Sends a signal to the process group that `identity` leads, or to the process alone while it has not made its group
 * yet. False when neither exists.
 */
export async function signalGroup(
  identity: ProcessIdentity,
  signal: string,
  tools: MachineTools,
): Promise<boolean> {
  if (!(await isRunning(identity, tools))) return false;
  const number = signalNumber(signal);
  return kill(-identity.pid, number) || kill(identity.pid, number);
}

/** Real-time signals have no name in Node: Linux counts them up from 34 and down from 64. */
function signalNumber(name: string): number {
  const [, base, offset = "0"] = /^SIGRT(MIN|MAX)([+-]\d+)?$/.exec(name) ?? [];
  if (base !== undefined) return (base === "MIN" ? 34 : 64) + Number(offset);
  const number = (signals as Readonly<Record<string, number>>)[name];
  if (number !== undefined) return number;
  throw new ProviderError("Internal", `signal ${name} is not known on this machine`);
}

function kill(target: number, signal: number): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw new ProviderError("Internal", `signal ${signal} to ${target} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The boot that the machine is in; empty where the system has no boot id. */
export async function currentBoot(tools: MachineTools): Promise<string> {
  return tools.procfs ? bootId() : "";
}

let knownBoot: string | undefined;

async function bootId(): Promise<string> {
  knownBoot ??= (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  return knownBoot;
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

async function lstart(pid: number, ps: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(ps, ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], {
      env: { LC_ALL: "C" },
    });
    const [, state = "", started = ""] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
    return state === "" || state.startsWith("Z") ? undefined : started;
  } catch (error) {
    // ps exits 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  }
}
