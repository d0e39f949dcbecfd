import { appendFile } from "node:fs/promises";
import { type PeerName, peers } from "./registry.ts";

/** Environment variable: `required` makes a missing peer an installation or a failure instead of a skip. */
export const peersVariable = "VKUBELET_PEERS";

/** Environment variable: a file that receives one line `name: reason` for each peer that was missing. */
export const skipsFileVariable = "VKUBELET_SKIPS_FILE";

/** Whether missing peers are installed instead of skipped. */
export function peersRequired(): boolean {
  const value = process.env[peersVariable];
  if (value === undefined || value === "") return false;
  if (value === "required") return true;
  throw new Error(`read ${peersVariable}: "${value}" is not known; set it to "required" or leave it out`);
}

/**
 * Whether tests can run against the peer. For the top of an end-to-end test file:
 *
 *     describe.runIf(await peerOrSkip("kubernetes"))("…", () => { … });
 *
 * A missing peer gives false and its reason is recorded for the end of the run. With `VKUBELET_PEERS=required` it is
 * built or installed instead, which may take minutes, and this rejects when that fails.
 */
export async function peerOrSkip(name: PeerName): Promise<boolean> {
  const peer = peers[name];
  const state = await peer.find();
  if (state.found) return true;
  if (peersRequired()) {
    await peer.install({ report: (line) => console.error(`${name}: ${line}`) });
    return true;
  }
  await recordSkip(`${name}: ${state.reason}`);
  return false;
}

async function recordSkip(line: string): Promise<void> {
  const file = process.env[skipsFileVariable];
  if (file === undefined || file === "") console.warn(`skipped, ${line}`);
  else await appendFile(file, `${line}\n`);
}
