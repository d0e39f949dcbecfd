import { startEmulatedBatchNode, startEmulatedFargateNode } from "./emulated-nodes.ts";
import { describeSpine } from "./spine-suite.ts";
import { startMemoryCluster } from "./test-cluster.ts";
import { startLocalNode } from "./virtual-nodes.ts";

describeSpine("in-memory control plane", startMemoryCluster, [
  { name: "local", start: startLocalNode },
  { name: "fargate", start: startEmulatedFargateNode },
  { name: "batch", start: startEmulatedBatchNode },
]);
