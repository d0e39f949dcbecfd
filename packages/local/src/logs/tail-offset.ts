import type { FileHandle } from "node:fs/promises";

const blockBytes = 64 * 1024;

/** Where the last `lines` lines of the first `size` bytes begin. Reads no more than it needs, from the end. */
export async function tailOffset(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines <= 0) return size;
  let left = lines;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const buffer = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    for (let at = bytesRead - 1; at >= 0; at -= 1) {
      // The line end of the very last line closes it and begins no other.
      if (buffer[at] !== 10 || start + at === size - 1) continue;
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
