import { chmod, chown, mkdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./files.ts";
import { StartFailure } from "./start-failure.ts";

/** Directory of an instance that holds what its root is made of. */
export const rootLayers = "root";

/**
 * Makes the layers of an overlay on the directory `path` and returns its real path: `image`, where it will be bound,
 * `upper` for what is written, with the owner and mode of the directory, `work` for the kernel, `merged` for the result.
 */
export async function prepareRoot(path: string, layers: string): Promise<string> {
  const source = await realDirectory(path);
  for (const name of ["", "image", "upper", "work", "merged"])
    await mkdir(join(layers, name), { mode: 0o755 });
  const { uid, gid, mode } = await stat(source);
  await chown(join(layers, "upper"), uid, gid);
  await chmod(join(layers, "upper"), mode & 0o7777);
  return source;
}

async function realDirectory(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new StartFailure(
    `root directory ${path} is no directory of this machine: make it, or mend the option images`,
  );
}
