import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildGoCommands, findGoCommands, type GoBuild, goBuildObstacle } from "../build-go.ts";
import type { Peer } from "../peer.ts";
import { kubernetesVersion } from "./kubernetes-peer.ts";

const moduleFolder = fileURLToPath(new URL("../../../oracle/go", import.meta.url));
const command = "vkubelet-oracle";

/** The program is this repository's own, so that its version must change with its sources. */
function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(moduleFolder).sort()) {
    hash.update(name).update(readFileSync(new URL(name, `file://${moduleFolder}/`)));
  }
  return hash.digest("hex").slice(0, 12);
}

const oracleBuild: GoBuild = {
  name: "oracle",
  version: `${kubernetesVersion}-${sourcesHash()}`,
  moduleFolder,
  commands: { [command]: "." },
};

/** Absolute path of the oracle; `undefined` when it is not built. */
export async function findOracleCommand(): Promise<string | undefined> {
  return (await findGoCommands(oracleBuild))?.paths[command];
}

/** Kubernetes' own code for quantities, expansions, resources and QoS classes, as a program that answers questions. */
export const oraclePeer: Peer = {
  name: "oracle",
  version: oracleBuild.version,
  async find() {
    const found = await findGoCommands(oracleBuild);
    if (found !== undefined)
      return { found: true, origin: found.origin, location: found.paths[command] ?? "" };
    const obstacle = await goBuildObstacle();
    const why = obstacle === undefined ? "" : ` and cannot be built: ${obstacle}`;
    return { found: false, reason: `${command} is not built${why}` };
  },
  async install(options = {}) {
    await buildGoCommands(oracleBuild, options);
  },
};
