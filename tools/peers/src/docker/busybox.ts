import { mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { peerFolder } from "../cache.ts";
import { isExecutable } from "../find-on-path.ts";
import { type RunCommandOptions, runChecked } from "../run-command.ts";

const cachedBusybox = () => join(peerFolder("busybox", "static"), "busybox");

/** Path of a statically linked busybox in the cache. One on PATH may need libraries that an image would lack. */
export async function findBusybox(): Promise<string | undefined> {
  return (await isExecutable(cachedBusybox())) ? cachedBusybox() : undefined;
}

/** Unpacks Debian's busybox-static into the cache, without installing it: it would replace the machine's busybox. */
export async function installBusybox(settings: RunCommandOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-busybox-"));
  try {
    // apt's own download user cannot write here, and says so as a warning only.
    await runChecked("apt-get", ["-q", "download", "busybox-static"], { ...settings, cwd: folder });
    const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("install busybox: apt-get download left no package");
    await runChecked("dpkg-deb", ["-x", archive, "root"], { ...settings, cwd: folder });
    const target = cachedBusybox();
    await mkdir(dirname(target), { recursive: true });
    await runChecked("cp", [join(folder, "root", "bin", "busybox"), `${target}.unfinished`], settings);
    await rename(`${target}.unfinished`, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a root file system of busybox and links for its applets in the folder `root`. */
export async function makeBusyboxRoot(busybox: string, root: string): Promise<void> {
  for (const name of ["bin", "tmp", "etc", "proc", "dev", "sys", "root"]) {
    await mkdir(join(root, name), { recursive: true });
  }
  await runChecked("cp", [busybox, join(root, "bin", "busybox")]);
  const { stdout } = await runChecked(busybox, ["--list"]);
  for (const applet of stdout.trim().split("\n")) {
    if (applet !== "busybox") await symlink("busybox", join(root, "bin", applet));
  }
}

/** Makes a root file system of busybox in `folder`, and returns it as a tar archive file. */
export async function busyboxRootArchive(busybox: string, folder: string): Promise<string> {
  const root = join(folder, "root");
  await makeBusyboxRoot(busybox, root);
  const archive = join(folder, "busybox.tar");
  await runChecked("tar", ["-C", root, "--owner=0", "--group=0", "-cf", archive, "."]);
  return archive;
}
