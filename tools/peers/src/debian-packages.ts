import { peersCacheFolder } from "./cache.ts";
import { findOnPath } from "./find-on-path.ts";
import { withLockFile } from "./lock-file.ts";
import { runChecked } from "./run-command.ts";

/** Why packages of Debian cannot be installed by this user here; `undefined` when they can. */
export async function aptObstacle(): Promise<string | undefined> {
  if ((await findOnPath("apt-get")) === undefined) return "there is no apt-get";
  return process.getuid?.() === 0 ? undefined : "apt-get needs the root user";
}

/** Installs packages without what they merely recommend, unless `isThere` once nobody else installs. */
export async function installDebianPackages(
  names: readonly string[],
  isThere: () => Promise<boolean>,
  { signal, report }: { readonly signal?: AbortSignal; readonly report?: (line: string) => void },
): Promise<void> {
  const stop = signal === undefined ? {} : { signal };
  await withLockFile(
    `${peersCacheFolder()}/apt.lock`,
    async () => {
      if (await isThere()) return;
      report?.(`installing ${names.join(", ")} by apt-get`);
      const settings = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, ...stop };
      await runChecked("apt-get", ["-q", "update"], settings);
      const wait = ["-o", "DPkg::Lock::Timeout=300"];
      await runChecked("apt-get", ["-qy", ...wait, "install", "--no-install-recommends", ...names], settings);
    },
    stop,
  );
}
