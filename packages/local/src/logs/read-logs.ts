import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { LineSplitter, type LogLine } from "@vkubelet/core";
import { isMissing } from "../state/files.ts";
import { type LogIndexEntry, parseLogIndex } from "./log-index.ts";
import { tailOffset } from "./tail-offset.ts";
import { readLogBase } from "./trim-logs.ts";

export interface LogSource {
  /** Directory of the instance. */
  readonly directory: string;
  readonly follow: boolean;
  readonly tailLines?: number;
  readonly signal: AbortSignal;
  /** Brings the index up to date. */
  stamp(): Promise<void>;
  /** Whether the instance has ended, so that no output can follow. */
  ended(): boolean | Promise<boolean>;
  /** How much news there was; `wait` resolves when there is more than `seen`. */
  seen(): number;
  wait(seen: number): Promise<void>;
}

const chunkBytes = 64 * 1024;
type StreamName = "stdout" | "stderr";

class StreamReader {
  readonly name: StreamName;
  readonly #file: FileHandle;
  #lines: LineSplitter;
  #offset = 0;

  constructor(name: StreamName, file: FileHandle) {
    this.name = name;
    this.#lines = new LineSplitter(name);
    this.#file = file;
  }

  async skipToTail(tailLines: number): Promise<void> {
    this.#offset = await tailOffset(this.#file, (await this.#file.stat()).size, tailLines);
  }

  /** What lies before has been dropped; the unfinished line that it cuts off is left out too. */
  skipTo(base: number): void {
    if (this.#offset >= base) return;
    this.#offset = base;
    this.#lines = new LineSplitter(this.name);
  }

  /** Lines that end before `end`. A line is as old as its first byte. */
  async *upTo(end: number, time: string, base: () => Promise<number>): AsyncGenerator<LogLine> {
    this.skipTo(await base());
    while (this.#offset < end) {
      const buffer = new Uint8Array(Math.min(chunkBytes, end - this.#offset));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) return;
      const dropped = await base();
      if (dropped > this.#offset) {
        // It was dropped while it was read: some of it may be a hole.
        this.skipTo(dropped);
        continue;
      }
      this.#offset += bytesRead;
      yield* this.#lines.push(buffer.subarray(0, bytesRead), time);
    }
  }

  rest(): Generator<LogLine> {
    return this.#lines.end();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/**
 * Output of one instance in the order in which it was seen, pulled as the reader takes it. With `follow` it ends once
 * the instance has ended and all of it was read.
 */
export async function* readLogs(source: LogSource): AsyncGenerator<LogLine> {
  const readers: StreamReader[] = [];
  try {
    for (const name of ["stdout", "stderr"] as const) {
      readers.push(new StreamReader(name, await open(join(source.directory, name), "r")));
    }
    if (source.tailLines !== undefined) {
      for (const reader of readers) await reader.skipToTail(source.tailLines);
    }
    const index = new IndexReader(join(source.directory, "log-index"));
    for (;;) {
      source.signal.throwIfAborted();
      const seen = source.seen();
      // Asked before the look: what comes between is then at most looked for once more.
      const ended = await source.ended();
      await source.stamp();
      for (const entry of await index.next()) {
        for (const reader of readers) {
          const base = async () => (await readLogBase(source.directory))[reader.name];
          yield* reader.upTo(entry[reader.name], new Date(entry.timeMs).toISOString(), base);
        }
      }
      if (!source.follow || ended) break;
      await source.wait(seen);
    }
    for (const reader of readers) yield* reader.rest();
  } finally {
    for (const reader of readers) await reader.close();
  }
}

/** Entries of an index that grows, each once, or again from the first on when it was made anew. */
class IndexReader {
  readonly #path: string;
  #offset = 0;
  #inode: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async next(): Promise<readonly LogIndexEntry[]> {
    let file: FileHandle;
    try {
      file = await open(this.#path, "r");
    } catch (error) {
      // No output yet, no index yet.
      if (isMissing(error)) return [];
      throw error;
    }
    try {
      const { size, ino } = await file.stat();
      if (ino !== this.#inode) this.#offset = 0;
      this.#inode = ino;
      const buffer = Buffer.alloc(Math.max(0, size - this.#offset));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
      const text = buffer.subarray(0, bytesRead).toString("latin1");
      const whole = text.lastIndexOf("\n") + 1;
      this.#offset += whole;
      return parseLogIndex(text.slice(0, whole));
    } finally {
      await file.close();
    }
  }
}
