import { readFile } from "node:fs/promises";
import { runChecked } from "./run-command.ts";

/** Unmounts every filesystem below `folder`, the innermost first, so that it can be removed. */
export async function unmountBelow(folder: string): Promise<void> {
  // Systems without this table have no such mounts.
  const table = await readFile("/proc/self/mounts", "utf8").catch(() => "");
  const points = table.split("\n").flatMap((line) => line.split(" ")[1] ?? []);
  for (const point of points.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await runChecked("umount", ["-l", point]);
  }
}
