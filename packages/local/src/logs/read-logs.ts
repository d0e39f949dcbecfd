import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { LineSplitter, type LogLine } from "@vkubelet/core";
import { isMissing } from "../state/files.ts";
import { type LogIndexEntry, parseLogIndex } from "./log-index.ts";
import { tailOffset } from "./tail-offset.ts";

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
  readonly #lines: LineSplitter;
  #offset = 0;

  constructor(name: StreamName, file: FileHandle) {
    this.name = name;
    this.#lines = new LineSplitter(name);
    this.#file = file;
  }

  async skipToTail(tailLines: number): Promise<void> {
    this.#offset = await tailOffset(this.#file, (await this.#file.stat()).size, tailLines);
  }

  /** Lines that end before `end`. A line is as old as its first byte. */
  async *upTo(end: number, time: string): AsyncGenerator<LogLine> {
    while (this.#offset < end) {
      const buffer = new Uint8Array(Math.min(chunkBytes, end - this.#offset));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) return;
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
          yield* reader.upTo(entry[reader.name], new Date(entry.timeMs).toISOString());
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

/** Entries of an index that grows, each once. */
class IndexReader {
  readonly #path: string;
  #offset = 0;

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
      const { size } = await file.stat();
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
