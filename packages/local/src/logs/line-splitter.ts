/** A line without its end, and the time of its first byte. */
export interface TimedLine {
  readonly bytes: Uint8Array;
  readonly time: string;
}

/** Cuts chunks of bytes into lines at `\n`. */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #time: string | undefined;

  /** Lines completed by `chunk`, which came at `time`. */
  *push(chunk: Uint8Array, time: string): Generator<TimedLine> {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = this.#join(chunk.subarray(start, end), time);
      start = end + 1;
      yield line;
    }
    if (start < chunk.length) {
      this.#time ??= time;
      this.#parts.push(chunk.subarray(start));
    }
  }

  /** What came after the last line end, if anything. */
  rest(): TimedLine | undefined {
    return this.#parts.length === 0 ? undefined : this.#join(new Uint8Array(), "");
  }

  #join(last: Uint8Array, time: string): TimedLine {
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    const line = { bytes, time: this.#time ?? time };
    this.#parts = [];
    this.#time = undefined;
    return line;
  }
}
