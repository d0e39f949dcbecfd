import { localbatchPeer } from "./aws/localbatch.ts";
import { ministackPeer } from "./aws/ministack.ts";
import { motoPeer } from "./aws/moto.ts";
import { chromiumPeer } from "./chromium.ts";
import { dockerPeer } from "./docker/docker-peer.ts";
import { kubernetesPeer, oldestKubernetesPeer } from "./kubernetes/kubernetes-peer.ts";
import { goVirtualKubeletPeer, kwokPeer } from "./kubernetes/node-peers.ts";
import { oraclePeer } from "./kubernetes/oracle-peer.ts";
import { nomadPeer } from "./nomad.ts";
import type { Peer } from "./peer.ts";
import { bunPeer, denoPeer } from "./runtimes.ts";

/** Every peer by its name. */
export const peers = {
  kubernetes: kubernetesPeer,
  "kubernetes-oldest": oldestKubernetesPeer,
  docker: dockerPeer,
  nomad: nomadPeer,
  moto: motoPeer,
  ministack: ministackPeer,
  localbatch: localbatchPeer,
  oracle: oraclePeer,
  kwok: kwokPeer,
  "go-virtual-kubelet": goVirtualKubeletPeer,
  deno: denoPeer,
  bun: bunPeer,
  chromium: chromiumPeer,
} as const satisfies Readonly<Record<string, Peer>>;

/** Name of a peer. */
export type PeerName = keyof typeof peers;

/** Whether a peer of that name is known. */
export function isPeerName(name: string): name is PeerName {
  return Object.hasOwn(peers, name);
}
