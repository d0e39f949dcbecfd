import { peerOrSkip } from "@vkubelet-tools/peers";
import { startBatchNode, startFargateNode } from "./aws-nodes.ts";
import { startNomadNode } from "./nomad-node.ts";
import { describeSpine } from "./spine-suite.ts";
import { startRealCluster } from "./test-cluster.ts";
import { startLocalNode } from "./virtual-nodes.ts";

if (await peerOrSkip("kubernetes")) {
  const docker = await peerOrSkip("docker");
  describeSpine("real Kubernetes control plane", startRealCluster, [
    { name: "local", start: startLocalNode },
    ...((await peerOrSkip("nomad")) ? [{ name: "nomad", start: startNomadNode }] : []),
    ...(docker && (await peerOrSkip("ministack")) ? [{ name: "fargate", start: startFargateNode }] : []),
    ...(docker && (await peerOrSkip("localbatch")) ? [{ name: "batch", start: startBatchNode }] : []),
  ]);
}
