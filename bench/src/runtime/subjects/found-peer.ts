import { type PeerName, peers } from "@vkubelet-tools/peers";

/** Where the program of a peer is; throws with the way to it where it is not. */
export async function foundPeer(name: PeerName): Promise<string> {
  const state = await peers[name].find();
  if (state.found) return state.location;
  throw new Error(
    `measure ${name}: ${state.reason}; run node tools/peers/src/main.ts build ${name}, or leave it out of --with`,
  );
}
