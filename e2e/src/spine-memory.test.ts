import { peerOrSkip } from "@vkubelet-tools/peers";
import { startEmulatedBatchNode, startEmulatedFargateNode } from "./emulated-nodes.ts";
import { startNomadNode } from "./nomad-node.ts";
import { describeSpine } from "./spine-suite.ts";
import { startMemoryCluster } from "./test-cluster.ts";
import { startLocalNode } from "./virtual-nodes.ts";

const nomad = await peerOrSkip("nomad");

describeSpine("in-memory control plane", startMemoryCluster, [
  { name: "local", start: startLocalNode },
  ...(nomad ? [{ name: "nomad", start: startNomadNode }] : []),
  { name: "fargate", start: startEmulatedFargateNode },
  { name: "batch", start: startEmulatedBatchNode },
]);
