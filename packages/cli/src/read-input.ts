import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

/** The text of a file, or of the standard input for `-`. Rejects with the error of the file system. */
export async function readInput(file: string): Promise<string> {
  return file === "-" ? text(process.stdin) : readFile(file, "utf8");
}
