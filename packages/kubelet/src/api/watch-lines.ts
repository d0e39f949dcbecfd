/** Thrown by {@link splitLines} when a line is longer than allowed. */
export class LineTooLong extends Error {}

/** Thrown by {@link splitLines} when the input ends inside a line. */
export class UnfinishedLine extends Error {}

/**
 * The lines of a byte stream, without line ends; empty ones are left out. A stream that ends inside a line was cut, so
 * that the rest is an error and not a line. Pulls the next chunk only when the lines of the last were taken.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<string, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      length += end - start;
      start = end + 1;
      if (length > maxLineBytes) throw tooLong(maxLineBytes);
      if (length > 0) yield Buffer.concat(parts, length).toString("utf8");
      parts = [];
      length = 0;
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > maxLineBytes) throw tooLong(maxLineBytes);
    }
  }
  if (length > 0) throw new UnfinishedLine(`the stream ended inside a line, after ${length} bytes of it`);
}

function tooLong(maxLineBytes: number): LineTooLong {
  return new LineTooLong(`a line is longer than ${maxLineBytes} bytes`);
}
