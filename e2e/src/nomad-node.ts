import { createNomadProvider } from "@vkubelet/nomad";
import { startNomad } from "@vkubelet-tools/peers";
import type { TestCluster } from "./test-cluster.ts";
import { type RunningNode, startVirtualNode } from "./virtual-nodes.ts";

/** A node whose pods are jobs of a real Nomad agent, run by its raw_exec driver. */
export async function startNomadNode(cluster: TestCluster): Promise<RunningNode> {
  const agent = await startNomad();
  const provider = createNomadProvider({ nodeName: "vk-nomad", address: agent.address, driver: "raw_exec" });
  return startVirtualNode(cluster, "nomad", provider, { cleanUp: () => agent.stop() });
}
