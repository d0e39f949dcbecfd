import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";

/** Absolute path of what `name` would run, or undefined: by PATH unless the name holds a slash. */
export function findExecutable(name: string, path: string, directory: string): string | undefined {
  const candidates = name.includes("/")
    ? [resolve(directory, name)]
    : path.split(":").map((folder) => resolve(directory, folder, name));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
