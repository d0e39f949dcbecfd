import { aptObstacle, installDebianPackages } from "./debian-packages.ts";
import { findOnPath } from "./find-on-path.ts";
import type { Peer } from "./peer.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Absolute path of a Chromium on PATH; `undefined` when there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of names) {
    const path = await findOnPath(name);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** A browser without a window. */
export const chromiumPeer: Peer = {
  name: "chromium",
  version: "of Debian's chromium",
  async find() {
    const location = await findChromium();
    if (location !== undefined) return { found: true, origin: "PATH", location };
    return { found: false, reason: "no chromium on PATH" };
  },
  async install(options = {}) {
    if ((await findChromium()) !== undefined) return;
    const obstacle = await aptObstacle();
    if (obstacle !== undefined) throw new Error(`install chromium: ${obstacle}; put chromium on PATH`);
    await installDebianPackages(["chromium"], async () => (await findChromium()) !== undefined, options);
  },
};
