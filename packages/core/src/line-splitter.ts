import type { LogLine } from "./log-options.ts";

/** Bytes after which a line is handed out in parts, so that output without line ends cannot fill the memory. */
const maximumLine = 1_048_576;

/**
 * Cuts the chunks of one output into lines at `\n`. A line is as old as its first byte. What comes without a line end,
 * and every part but the last of an overlong line, is `partial`.
 */
export class LineSplitter {
  readonly #stream: "stdout" | "stderr";
  #parts: Uint8Array[] = [];
  #length = 0;
  #time: string | undefined;
  #dropping: boolean;

  /** With `dropFirst` everything up to the first line end is dropped: output that begins within a line. */
  constructor(stream: "stdout" | "stderr", dropFirst = false) {
    this.#stream = stream;
    this.#dropping = dropFirst;
  }

  /** Lines completed by `chunk`, which came at `time` (RFC 3339). The bytes are views of the chunk where they can be. */
  *push(chunk: Uint8Array, time?: string): Generator<LogLine> {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#add(chunk.subarray(start, end), time);
      start = end + 1;
      const line = this.#take();
      if (this.#dropping) this.#dropping = false;
      else yield line;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start), time);
    if (this.#length > maximumLine) yield* this.end();
  }

  /** What is left without a line end. */
  *end(): Generator<LogLine> {
    if (this.#length === 0) return;
    const line = this.#take();
    if (!this.#dropping) yield { ...line, partial: true };
  }

  #add(part: Uint8Array, time: string | undefined): void {
    this.#time ??= time;
    this.#parts.push(part);
    this.#length += part.length;
  }

  #take(): LogLine {
    const [first = new Uint8Array(0), ...others] = this.#parts;
    const bytes = others.length === 0 ? first : joined(this.#parts, this.#length);
    const line = {
      bytes,
      stream: this.#stream,
      ...(this.#time === undefined ? {} : { time: this.#time }),
    };
    this.#parts = [];
    this.#length = 0;
    this.#time = undefined;
    return line;
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
