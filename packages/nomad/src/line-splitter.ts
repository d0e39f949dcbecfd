import type { LogLine } from "@vkubelet/core";

/** Longer lines are handed out in parts. */
const maximumLine = 1_048_576;

/** Cuts the chunks of one output into lines. */
export class LineSplitter {
  readonly #stream: "stdout" | "stderr";
  #rest: Uint8Array = new Uint8Array(0);
  #cut: boolean;

  /** With `cutFirst` everything up to the first line end is dropped. */
  constructor(stream: "stdout" | "stderr", cutFirst: boolean) {
    this.#stream = stream;
    this.#cut = cutFirst;
  }

  *push(chunk: Uint8Array): Iterable<LogLine> {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(10); end !== -1; end = data.indexOf(10, start)) {
      if (this.#cut) this.#cut = false;
      else yield { bytes: data.subarray(start, end), stream: this.#stream };
      start = end + 1;
    }
    this.#rest = data.subarray(start);
    if (this.#rest.length > maximumLine) yield* this.end();
  }

  /** What is left without a line end. */
  *end(): Iterable<LogLine> {
    if (this.#rest.length > 0 && !this.#cut) yield { bytes: this.#rest, partial: true, stream: this.#stream };
    this.#rest = new Uint8Array(0);
  }
}
