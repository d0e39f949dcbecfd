import { peerOrSkip } from "@vkubelet-tools/peers";
import { describe } from "vitest";
import { restartOnFailure } from "./behaviours/lifecycle.ts";
import { startEmulatedBatchNode, startEmulatedFargateNode } from "./emulated-nodes.ts";
import { findKubectls } from "./kubectls.ts";
import { startNomadNode } from "./nomad-node.ts";
import { describeSpine } from "./spine-suite.ts";
import { startMemoryCluster } from "./test-cluster.ts";
import { startImagesNode, startLocalNode } from "./virtual-nodes.ts";

const [kubectl] = (await findKubectls()).values();
const nomad = await peerOrSkip("nomad");
const busybox = await peerOrSkip("docker");

describe.runIf(kubectl !== undefined)("in-memory control plane", () => {
  describeSpine("the same nodes", () => startMemoryCluster(kubectl ?? ""), [
    { name: "local", start: startLocalNode },
    ...(busybox ? [{ name: "images", start: startImagesNode, without: [restartOnFailure] }] : []),
    ...(nomad ? [{ name: "nomad", start: startNomadNode }] : []),
    { name: "fargate", start: startEmulatedFargateNode },
    { name: "batch", start: startEmulatedBatchNode },
  ]);
});
