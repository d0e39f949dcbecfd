import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildGoCommands, findGoCommands, type GoBuild, goBuildObstacle } from "../build-go.ts";
import type { Peer } from "../peer.ts";

const moduleFolder = (name: string) => fileURLToPath(new URL(`../../go/${name}`, import.meta.url));

/** The program is this repository's own, so that its version must change with its sources. */
function sourcesHash(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    hash.update(name).update(readFileSync(new URL(name, `file://${folder}/`)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Folder of the go.mod that pins kwok. */
export const kwokModuleFolder: string = moduleFolder("kwok");

/** kwok's controller: it says of pods that they run. */
export const kwokPeer: Peer = goPeer("kwok", {
  name: "kwok",
  version: "0.8.0",
  moduleFolder: kwokModuleFolder,
  commands: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
});

/** The Go library virtual-kubelet with a locked provider in memory, and with or without its limits. */
export const goVirtualKubeletPeer: Peer = goPeer("vkubelet-go-virtual-kubelet", {
  name: "go-virtual-kubelet",
  version: `1.13.0-${sourcesHash(moduleFolder("virtual-kubelet"))}`,
  moduleFolder: moduleFolder("virtual-kubelet"),
  commands: { "vkubelet-go-virtual-kubelet": "." },
});

function goPeer(command: string, build: GoBuild): Peer {
  return {
    name: build.name,
    version: build.version,
    async find() {
      const found = await findGoCommands(build);
      if (found !== undefined)
        return { found: true, origin: found.origin, location: found.paths[command] ?? "" };
      const obstacle = await goBuildObstacle();
      const why = obstacle === undefined ? "" : ` and cannot be built: ${obstacle}`;
      return { found: false, reason: `${command} is not built${why}` };
    },
    async install(options = {}) {
      await buildGoCommands(build, options);
    },
  };
}
