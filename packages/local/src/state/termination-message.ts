import { open } from "node:fs/promises";
import { join } from "node:path";
import { tailOffset } from "../logs/tail-offset.ts";
import { isMissing } from "./files.ts";

const fileBytes = 4096;
const logBytes = 2048;
const logLines = 80;

/**
 * The message of an ended instance (pod-semantics X1): the end of the file that it was given for that, on any exit.
 * With FallbackToLogsOnError the end of its output stands in when that is empty and the exit was no success: standard
 * error where there is any, else standard output.
 */
export async function terminationMessage(
  directory: string,
  policy: "File" | "FallbackToLogsOnError",
  exitCode: number,
): Promise<string | undefined> {
  const written = await tailText(join(directory, "termination-log"), fileBytes);
  if (written !== "") return written;
  if (policy !== "FallbackToLogsOnError" || exitCode === 0) return undefined;
  for (const name of ["stderr", "stdout"]) {
    const text = await tailText(join(directory, name), logBytes, logLines);
    if (text !== "") return text;
  }
  return undefined;
}

async function tailText(path: string, bytes: number, lines?: number): Promise<string> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    const byLines = lines === undefined ? 0 : await tailOffset(file, size, lines);
    const start = Math.max(byLines, size - bytes, 0);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
