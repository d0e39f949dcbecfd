import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findTool } from "../machine/tools.ts";

/** Makes a directory that can be a root: programs of this machine as `/bin/NAME`, and the libraries they need in their places. */
export async function makeMachineRoot(root: string, names: readonly string[]): Promise<void> {
  const copies = new Map<string, string>();
  for (const name of names) {
    const program = findTool(name);
    if (program === undefined) throw new Error(`${name} is not on this machine`);
    copies.set(join(root, "bin", name), program);
    const { stdout } = await promisify(execFile)("ldd", [program]);
    for (const [, path = ""] of stdout.matchAll(/(\/\S+) \(0x/g)) copies.set(join(root, path), path);
  }
  for (const [target, source] of copies) {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(source, target);
  }
  await mkdir(join(root, "etc"));
  await writeFile(join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nworker:x:4321:1234::/:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\nstaff:x:1234:\nmore:x:555:worker\n");
}
