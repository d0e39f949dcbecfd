import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kwokStages, startProcess } from "@vkubelet-tools/peers";
import { foundPeer } from "./found-peer.ts";
import { createNode, isNodeReady } from "./peer-node.ts";
import { runningSubject } from "./running-subject.ts";
import type { Subject } from "./subject.ts";
import { peerVersion } from "./versions.ts";

/** kwok with its fast stages: it runs nothing, and says of each pod at once that it runs. */
export const kwok: Subject = {
  name: "kwok",
  restarts: false,
  version: () => peerVersion("kwok"),
  async start(stage) {
    const config = join(stage.folder, "kwok.yaml");
    await writeFile(config, await kwokStages());
    await createNode(stage, { "kwok.x-k8s.io/node": "fake" });
    const running = await startProcess({
      name: "kwok",
      command: await foundPeer("kwok"),
      args: [
        ...["--kubeconfig", stage.plane.adminKubeconfig, "--config", config],
        ...["--manage-all-nodes=false", "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake"],
        "--node-lease-duration-seconds=40",
      ],
      logFile: join(stage.folder, "kwok.log"),
      ready: () => isNodeReady(stage),
    });
    return runningSubject(running);
  },
};
