import { kubernetesPeer } from "./kubernetes/kubernetes-peer.ts";
import type { Peer } from "./peer.ts";

/** Every peer by its name. */
export const peers = {
  kubernetes: kubernetesPeer,
} as const satisfies Readonly<Record<string, Peer>>;

/** Name of a peer. */
export type PeerName = keyof typeof peers;
