import { peerOrSkip } from "@vkubelet-tools/peers";
import { describeSpine } from "./spine-suite.ts";
import { startRealCluster } from "./test-cluster.ts";
import { startLocalNode } from "./virtual-nodes.ts";

if (await peerOrSkip("kubernetes")) {
  describeSpine("real Kubernetes control plane", startRealCluster, [
    { name: "local", start: startLocalNode },
  ]);
}
