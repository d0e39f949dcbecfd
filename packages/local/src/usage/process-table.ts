import { readdir, readFile } from "node:fs/promises";

/** One process, as /proc shows it. */
export interface ProcessRow {
  readonly pid: number;
  /** Its session: a container's programs have one of their own, named by the first of them. */
  readonly session: number;
  /** Processor time of itself and of those of its children that have ended, in seconds. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** The kernel counts processor time in hundredths of a second for programs, whatever it uses itself. */
const ticksPerSecond = 100;

/** Reads a line of /proc/PID/stat; undefined when it is none. */
export function parseProcessRow(text: string, pageBytes: number): ProcessRow | undefined {
  const [, pid] = /^(\d+) \(/.exec(text) ?? [];
  // The name may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  const ticks = field(14) + field(15) + field(16) + field(17);
  const row = {
    pid: Number(pid),
    session: field(6),
    cpuSeconds: ticks / ticksPerSecond,
    residentBytes: field(24) * pageBytes,
  };
  return Object.values(row).every(Number.isFinite) ? row : undefined;
}

/** Of a page of memory; Node does not tell. */
let pageBytes: number | undefined;

/** All processes that this one can see. */
export async function readProcessTable(): Promise<readonly ProcessRow[]> {
  pageBytes ??= await readPageBytes();
  const rows: ProcessRow[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // It may have ended meanwhile.
    const text = await readFile(`/proc/${name}/stat`, "latin1").catch(() => "");
    const row = parseProcessRow(text, pageBytes);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

async function readPageBytes(): Promise<number> {
  const [, kilobytes] =
    /^KernelPageSize: +(\d+) kB$/m.exec(await readFile("/proc/self/smaps", "latin1")) ?? [];
  return Number(kilobytes ?? 4) * 1_024;
}
