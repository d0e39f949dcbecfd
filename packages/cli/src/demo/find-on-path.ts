import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The full path of a program, or undefined when PATH has none of that name. */
export async function findOnPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const candidate = join(folder, command);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not there: the next folder.
    }
  }
  return undefined;
}
