import type { TerminalSize } from "@vkubelet/core";

const maxMessage = 1_024;
const maxSide = 0xffff;

/**
 * Terminal sizes from the resize stream: JSON objects, `{"Width":80,"Height":24}`, one after the other. What is no size is
 * left out. It ends where the stream ends, or breaks off.
 */
export async function* terminalSizes(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TerminalSize> {
  let text = "";
  try {
    for await (const bytes of stream) {
      text += Buffer.from(bytes).toString("latin1");
      for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}")) {
        const size = parseSize(text.slice(0, end + 1));
        text = text.slice(end + 1);
        if (size !== undefined) yield size;
      }
      if (text.length > maxMessage) text = "";
    }
  } catch {
    // The session ended: so does the terminal.
  }
}

function parseSize(text: string): TerminalSize | undefined {
  let size: { readonly Width?: unknown; readonly Height?: unknown };
  try {
    size = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { Width: width, Height: height } = size;
  return isSide(width) && isSide(height) ? { width, height } : undefined;
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= maxSide;
}
