import { peerOrSkip } from "@vkubelet-tools/peers";
import { describe } from "vitest";
import { startEmulatedBatchNode, startEmulatedFargateNode } from "./emulated-nodes.ts";
import { startNomadNode } from "./nomad-node.ts";
import { describeSpine } from "./spine-suite.ts";
import { startRealCluster } from "./test-cluster.ts";
import { startLocalNode } from "./virtual-nodes.ts";

const kubernetes = await peerOrSkip("kubernetes");
const nomad = await peerOrSkip("nomad");

describe.runIf(kubernetes)("real Kubernetes control plane", () => {
  describeSpine("four kinds of virtual node beside each other", startRealCluster, [
    { name: "local", start: startLocalNode },
    ...(nomad ? [{ name: "nomad", start: startNomadNode }] : []),
    { name: "fargate", start: startEmulatedFargateNode },
    { name: "batch", start: startEmulatedBatchNode },
  ]);
});

describe.runIf(await peerOrSkip("kubernetes-oldest"))("oldest Kubernetes control plane", () => {
  describeSpine("one of the nodes", () => startRealCluster({ release: "oldest" }), [
    { name: "local", start: startLocalNode },
  ]);
});
