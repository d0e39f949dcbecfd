import type { Stats } from "node:fs";
import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, readIfPresent } from "../state/files.ts";

/**
 * "At `timeMs`, standard output was `stdout` bytes long and standard error `stderr`": bytes that an entry covers and the
 * one before does not were written at about that time.
 */
export interface LogIndexEntry {
  readonly timeMs: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** Whole entries of `text`; what a crash left half written is skipped. */
export function parseLogIndex(text: string): readonly LogIndexEntry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+) (\d+) (\d+)$/.exec(line);
    return match === null
      ? []
      : [{ timeMs: Number(match[1]), stdout: Number(match[2]), stderr: Number(match[3]) }];
  });
}

/**
 * Gives output its time. Programs write straight to two files, so nothing has to run beside them to take their output;
 * the price is that a line's time is when its arrival was noticed: the file's modification time at that look. While the
 * provider runs it looks about ten times a second. Output made while it was down gets the time of the last write
 * before the next look, and lines of the two streams that were seen in one look are ordered by stream.
 */
export class LogStamper {
  readonly #last = new Map<string, LogIndexEntry>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #after: (directory: string) => Promise<void>;

  /** `after` follows every look before the next, alone with the files. */
  constructor(after: (directory: string) => Promise<void> = async () => {}) {
    this.#after = after;
  }

  /** Notes how much output there is. Looks at one instance follow each other. */
  stamp(directory: string): Promise<void> {
    const look = async () => {
      await this.#stampNow(directory);
      await this.#after(directory);
    };
    const turn = (this.#turns.get(directory) ?? Promise.resolve()).then(look, look);
    this.#turns.set(directory, turn);
    const forget = () => {
      if (this.#turns.get(directory) === turn) this.#turns.delete(directory);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** Nothing more of the instance is asked for. */
  forget(directory: string): void {
    this.#last.delete(directory);
  }

  async #stampNow(directory: string): Promise<void> {
    const index = join(directory, "log-index");
    const known = this.#last.get(directory);
    const last = known ?? (await lastEntry(index));
    const [stdout, stderr] = await Promise.all([
      statIfPresent(join(directory, "stdout")),
      statIfPresent(join(directory, "stderr")),
    ]);
    // Released meanwhile: nobody asks for times any more.
    if (stdout === undefined || stderr === undefined) return;
    const looks = [
      { name: "stdout" as const, size: stdout.size, timeMs: Math.floor(stdout.mtimeMs) },
      { name: "stderr" as const, size: stderr.size, timeMs: Math.floor(stderr.mtimeMs) },
    ]
      .filter(({ name, size }) => size > last[name])
      .sort((a, b) => a.timeMs - b.timeMs);
    let entry = last;
    let text = "";
    for (const { name, size, timeMs } of looks) {
      entry = { ...entry, [name]: size, timeMs: Math.max(timeMs, entry.timeMs) };
      text += `${entry.timeMs} ${entry.stdout} ${entry.stderr}\n`;
    }
    // A new provider starts a new line: the one before may have been cut off in the middle of one.
    if (text !== "") await appendFile(index, known === undefined ? `\n${text}` : text, { mode: 0o600 });
    this.#last.set(directory, entry);
  }
}

async function statIfPresent(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function lastEntry(index: string): Promise<LogIndexEntry> {
  const file = await readIfPresent(index);
  return parseLogIndex(file?.text ?? "").at(-1) ?? { timeMs: 0, stdout: 0, stderr: 0 };
}
