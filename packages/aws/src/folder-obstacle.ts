import type { ResolvedMount } from "@vkubelet/core";
import type { LocatedContainer } from "./spec-paths.ts";

/** Directories that hardly an image does without, that programs write to, or that the kernel or the runtime fills. */
const systemFolders: ReadonlySet<string> = new Set([
  ..."/ /bin /boot /dev /etc /proc /root /run /sbin /sys /tmp".split(" "),
  ..."/usr /usr/bin /usr/libexec /usr/sbin /usr/share".split(" "),
  ..."/usr/local /usr/local/bin /usr/local/lib /usr/local/sbin /usr/local/share".split(" "),
  ..."/var /var/cache /var/lib /var/log /var/run /var/spool /var/tmp".split(" "),
]);

/** `/lib` and its like, and what Debian has below them for an architecture. */
const libraryFolder = /^\/(usr\/)?lib(32|64|x32)?(\/[^/]+-linux-[^/]+)?$/;
const kernelFolder = /^\/(dev|proc|sys)\//;

/** An absolute path without needless `/` and `.`, and with `..` gone through. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/**
 * Why `folder` of a container cannot become a read-only volume with nothing but the files whose mounts are `files`;
 * undefined where nothing that can be seen without the image speaks against it. Paths are clean.
 */
export function folderObstacle(
  located: LocatedContainer,
  folder: string,
  files: readonly ResolvedMount[],
): string | undefined {
  if (systemFolders.has(folder) || libraryFolder.test(folder) || kernelFolder.test(folder)) {
    return `a mount takes a directory, and replacing ${folder} would leave hardly a program working`;
  }
  const others = located.container.mounts
    .filter((mount) => !files.includes(mount))
    .map(({ mountPath, readOnly }) => ({ path: cleanPath(mountPath), readOnly }));
  if (others.some(({ path }) => path === folder)) {
    return `a mount takes a directory, and another volume is mounted at ${folder}`;
  }
  if (others.some(({ path, readOnly }) => readOnly && isBelow(folder, path))) {
    return `a mount takes a directory, and ${folder} lies in a volume that is mounted read-only`;
  }
  const within = others.map(({ path }) => path).filter((path) => isBelow(path, folder));
  const cut = files.find(({ mountPath }) => within.some((path) => isBelow(path, cleanPath(mountPath))));
  if (cut) return `another volume is mounted below the file ${cut.mountPath}`;
  const program = programPath(located);
  if (program && isBelow(program, folder) && !within.some((path) => isBelow(program, path))) {
    return `a mount takes a directory, and replacing ${folder} would hide the program ${program}`;
  }
  return undefined;
}

/** Whether `path` lies below `folder`, and is not that folder itself. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? "/" : `${folder}/`) && path !== folder;
}

/** The program of the command where its place is certain: neither looked for on the PATH nor of the image. */
function programPath({ written, container }: LocatedContainer): string | undefined {
  const program = written.command?.[0];
  if (program?.startsWith("/")) return cleanPath(program);
  if (!program?.includes("/") || !container.workingDir) return undefined;
  return cleanPath(`${container.workingDir}/${program}`);
}
