import { join } from "node:path";
import { startProcess } from "@vkubelet-tools/peers";
import { foundPeer } from "./found-peer.ts";
import { isNodeReady } from "./peer-node.ts";
import { runningSubject } from "./running-subject.ts";
import type { Subject } from "./subject.ts";
import { peerVersion } from "./versions.ts";

/** The Go library virtual-kubelet with a provider in memory, its limits lifted, and with as many workers as vkubelet has. */
export const goVirtualKubelet: Subject = {
  name: "go-virtual-kubelet",
  restarts: false,
  version: () => peerVersion("go-virtual-kubelet"),
  async start(stage) {
    const running = await startProcess({
      name: "go-virtual-kubelet",
      command: await foundPeer("go-virtual-kubelet"),
      args: [
        ...["--kubeconfig", stage.plane.adminKubeconfig, "--nodename", stage.nodeName],
        ...["--pod-sync-workers", "64", "--limits", "lifted"],
      ],
      logFile: join(stage.folder, "go-virtual-kubelet.log"),
      ready: () => isNodeReady(stage),
    });
    return runningSubject(running);
  },
};
