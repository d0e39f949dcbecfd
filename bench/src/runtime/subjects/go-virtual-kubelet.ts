import { join } from "node:path";
import { startProcess } from "@vkubelet-tools/peers";
import { foundPeer } from "./found-peer.ts";
import { killProcess } from "./node-program.ts";
import { isNodeReady } from "./peer-node.ts";
import type { Subject } from "./subject.ts";

/** The Go library virtual-kubelet with a provider in memory, its limits lifted, and with as many workers as vkubelet has. */
export const goVirtualKubelet: Subject = {
  name: "go-virtual-kubelet",
  restarts: false,
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
    return { pid: running.pid, kill: () => killProcess(running), stop: () => running.stop() };
  },
};
