import { peersCacheFolder } from "../cache.ts";
import { findOnPath } from "../find-on-path.ts";
import { withLockFile } from "../lock-file.ts";
import type { Peer } from "../peer.ts";
import { runChecked } from "../run-command.ts";
import { findBusybox, installBusybox } from "./busybox.ts";

/** Why an engine cannot be started by this user; `undefined` when it can. */
function startObstacle(): string | undefined {
  if (process.platform !== "linux") return "the engine runs on Linux only";
  return process.getuid?.() === 0 ? undefined : "an engine of its own needs the root user";
}

/** Docker engine (dockerd) with a busybox to make images from. An engine that already runs is never used. */
export const dockerPeer: Peer = {
  name: "docker",
  version: "of Debian's docker.io",
  async find() {
    const obstacle = startObstacle();
    if (obstacle !== undefined) return { found: false, reason: obstacle };
    const engine = await findOnPath("dockerd");
    if (engine === undefined) return { found: false, reason: "dockerd is not on PATH" };
    if ((await findBusybox()) === undefined)
      return { found: false, reason: "busybox-static is not in the cache" };
    return { found: true, origin: "PATH", location: engine };
  },
  async install(options = {}) {
    const obstacle = startObstacle();
    if (obstacle !== undefined) throw new Error(`install docker: ${obstacle}`);
    if ((await findOnPath("apt-get")) === undefined) {
      throw new Error("install docker: there is no apt-get; put dockerd on PATH");
    }
    await withLockFile(
      `${peersCacheFolder()}/apt.lock`,
      async () => {
        const engineIsMissing = (await findOnPath("dockerd")) === undefined;
        const busyboxIsMissing = (await findBusybox()) === undefined;
        if (!engineIsMissing && !busyboxIsMissing) return;
        const settings = {
          env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        };
        await runChecked("apt-get", ["-q", "update"], settings);
        if (engineIsMissing) {
          options.report?.("installing docker.io by apt-get");
          const wait = ["-o", "DPkg::Lock::Timeout=300"];
          await runChecked(
            "apt-get",
            ["-qy", ...wait, "install", "--no-install-recommends", "docker.io", "iptables", "iproute2"],
            settings,
          );
        }
        if (busyboxIsMissing) await installBusybox(settings);
      },
      options.signal === undefined ? {} : { signal: options.signal },
    );
  },
};
