import { peerOrSkip } from "@vkubelet-tools/peers";
import { describe } from "vitest";
import { findKubectls } from "./kubectls.ts";
import { describeNode } from "./node-suite.ts";
import { startMemoryCluster, startRealCluster } from "./test-cluster.ts";

const kubernetes = await peerOrSkip("kubernetes");
const [kubectl] = (await findKubectls()).values();

/** The control plane takes a silent node for dead after 15 s instead of 50 s. */
const impatient = ["--node-monitor-period=1s", "--node-monitor-grace-period=15s"];

describe.runIf(kubernetes)("with a real Kubernetes control plane", () => {
  describeNode("the node", () => startRealCluster({ extraArguments: { controllerManager: impatient } }));
});

describe.runIf(kubectl !== undefined)("with the in-memory control plane", () => {
  describeNode("the node", () => startMemoryCluster(kubectl ?? ""));
});
