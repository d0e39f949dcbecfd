import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Provider } from "@vkubelet/core";
import { type Kubelet, startKubelet } from "@vkubelet/kubelet";
import { createLocalProvider } from "@vkubelet/local";
import { findBusybox, makeBusyboxRoot } from "@vkubelet-tools/peers";
import type { NodeKind, NodeUnderTest } from "./behaviours/behaviour.ts";
import { consoleLogger } from "./console-logger.ts";
import type { TestCluster } from "./test-cluster.ts";

/** A virtual node that runs in this process. */
export interface RunningNode extends AsyncDisposable {
  readonly node: NodeUnderTest;
  readonly kubelet: Kubelet;
}

/** Registers a node for the provider, with the rights of a node alone; `cleanUp` runs after the kubelet has stopped. */
export async function startVirtualNode(
  cluster: TestCluster,
  kind: NodeKind,
  provider: Provider,
  options: { readonly image?: string; readonly name?: string; readonly cleanUp?: () => Promise<void> } = {},
): Promise<RunningNode> {
  const name = options.name ?? `vk-${kind}`;
  const kubelet = await startKubelet({
    provider,
    nodeName: name,
    kubeConfig: await cluster.nodeKubeConfig(name),
    internalIP: "127.0.0.1",
    server: { address: "127.0.0.1", port: 0, clientCa: cluster.kubeletClientCa },
    logger: consoleLogger(name),
  });
  return {
    node: { kind, name, image: options.image ?? "busybox" },
    kubelet,
    [Symbol.asyncDispose]: async () => {
      await kubelet.stop();
      await options.cleanUp?.();
    },
  };
}

/** A node whose pods are processes of this machine in roots of their own, made of busybox. Needs the peer docker's busybox. */
export async function startImagesNode(cluster: TestCluster): Promise<RunningNode> {
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-images-"));
  const busybox = await findBusybox();
  if (busybox === undefined) throw new Error("busybox is not in the cache");
  const root = join(folder, "busybox");
  await makeBusyboxRoot(busybox, root);
  const images = { "*": { root, command: ["sh"] } };
  return startVirtualNode(
    cluster,
    "local",
    createLocalProvider({ directory: join(folder, "node"), images }),
    { name: "vk-images", cleanUp: () => removeNode(folder) },
  );
}

/** A node whose pods are processes of this machine. */
export async function startLocalNode(cluster: TestCluster): Promise<RunningNode> {
  const directory = await mkdtemp(join(tmpdir(), "vkubelet-local-"));
  return startVirtualNode(cluster, "local", createLocalProvider({ directory }), {
    cleanUp: () => removeNode(directory),
  });
}

/** What was killed a moment ago may still write its last words. */
function removeNode(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
