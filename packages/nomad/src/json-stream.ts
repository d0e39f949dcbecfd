/** Each line of a stream as JSON; empty lines are left out. A last line without its end is an error of the stream. */
export async function* jsonLines<Item>(body: ReadableStream<Uint8Array>): AsyncIterable<Item> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream() as never) as AsyncIterable<string>) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as Item;
  }
  if (rest.trim() !== "") throw new Error("the stream ended within a line");
}

/** JSON objects that follow each other without anything between them, as Nomad frames logs. */
export async function* jsonObjects<Item>(body: ReadableStream<Uint8Array>): AsyncIterable<Item> {
  let pending = "";
  const scan = { depth: 0, inText: false, escaped: false, position: 0 };
  for await (const text of body.pipeThrough(new TextDecoderStream() as never) as AsyncIterable<string>) {
    pending += text;
    let start = 0;
    for (; scan.position < pending.length; scan.position += 1) {
      if (!closesObject(scan, pending.charCodeAt(scan.position))) continue;
      yield JSON.parse(pending.slice(start, scan.position + 1)) as Item;
      start = scan.position + 1;
    }
    pending = pending.slice(start);
    scan.position = pending.length;
  }
  if (pending.trim() !== "") throw new Error("the stream ended within an object");
}

interface Scan {
  depth: number;
  inText: boolean;
  escaped: boolean;
  position: number;
}

const quote = 0x22;
const backslash = 0x5c;
const open = 0x7b;
const close = 0x7d;

/** Advances by one character; true when it closes an outermost object. */
function closesObject(scan: Scan, character: number): boolean {
  if (scan.inText) {
    if (scan.escaped) scan.escaped = false;
    else if (character === backslash) scan.escaped = true;
    else if (character === quote) scan.inText = false;
    return false;
  }
  if (character === quote) scan.inText = true;
  else if (character === open) scan.depth += 1;
  else if (character === close) {
    scan.depth -= 1;
    return scan.depth === 0;
  }
  return false;
}
