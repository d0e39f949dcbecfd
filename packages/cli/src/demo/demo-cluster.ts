import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { type Cluster, createCluster } from "@vkubelet/cluster";
import type { Logger } from "@vkubelet/core";
import { Client } from "./client.ts";
import type { DemoNode, NodeKind } from "./demo-node.ts";
import { batchNode, type CommonOptions, fargateNode, localNode, nomadNode } from "./demo-nodes.ts";
import { findNomad } from "./nomad-agent.ts";
import { startEmulatedAws } from "./start-emulator.ts";
import { waitFor } from "./wait-for.ts";

const emptyTimeoutMs = 20_000;

/** A backend that the demo could not show. */
export interface AbsentNode {
  readonly kind: NodeKind;
  readonly reason: string;
}

/** Everything that the demo runs on. */
export interface DemoCluster {
  /** A temporary folder that goes with the cluster. */
  readonly directory: string;
  readonly cluster: Cluster;
  readonly client: Client;
  readonly nodes: readonly DemoNode[];
  readonly absent: readonly AbsentNode[];
  /** Deletes every workload, then ends kubelets, backends and API server, and removes the temporary folder. */
  stop(): Promise<void>;
}

/**
 * Starts an in-memory cluster, a node per backend that this machine can show, and waits for nothing more: nodes become
 * Ready by themselves. When a part cannot start, what was started before is stopped again.
 */
export async function startDemoCluster(logger: Logger): Promise<DemoCluster> {
  const closing = new Closing();
  try {
    return await start(logger, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function start(logger: Logger, closing: Closing): Promise<DemoCluster> {
  const directory = await mkdtemp(join(tmpdir(), "vkubelet-demo-"));
  closing.add(() => rm(directory, { recursive: true, force: true }));
  const cluster = await createCluster({
    onControllerError: (error, controller, key) =>
      logger.warn("a controller failed and tries again", { controller, key, error }),
  });
  closing.add(async () => cluster[Symbol.asyncDispose]());
  const client = Client.of(cluster);
  closing.add(async () => client.close());
  const common: CommonOptions = {
    kubeConfig: kubeConfigOf(cluster),
    internalIP: "127.0.0.1",
    server: { address: "127.0.0.1", port: 0, clientCa: cluster.kubeletClientCertificateAuthority },
    logger,
  };
  const absent: AbsentNode[] = [];
  const nodes = await prepareNodes(directory, common, closing, absent);
  closing.add(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });
  await Promise.all(nodes.map((node) => node.start()));
  closing.add(() => deleteWorkloads(client));
  return { directory, cluster, client, nodes, absent, stop: () => closing.run() };
}

async function prepareNodes(
  directory: string,
  common: CommonOptions,
  closing: Closing,
  absent: AbsentNode[],
): Promise<readonly DemoNode[]> {
  const awsDirectory = join(directory, "aws");
  await mkdir(awsDirectory);
  const aws = await startEmulatedAws(awsDirectory);
  closing.add(async () => aws[Symbol.asyncDispose]());
  const nodes = [await localNode(directory, common), fargateNode(aws, common), await batchNode(aws, common)];
  const nomad = await findNomad(join(directory, "nomad"));
  if (typeof nomad === "string") {
    absent.push({ kind: "nomad", reason: nomad });
    return nodes;
  }
  closing.add(async () => nomad[Symbol.asyncDispose]());
  return [...nodes, nomadNode(nomad, common)];
}

function kubeConfigOf(cluster: Cluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  return config;
}

/** Pods outlive their kubelets by design, so they are deleted while these still work. */
async function deleteWorkloads(client: Client): Promise<void> {
  for (const kind of ["Deployment", "Job", "Pod"]) {
    const objects = await client.list(kind);
    await Promise.all(
      objects.map(({ metadata }) => client.delete(kind, metadata.namespace, metadata.name, 1)),
    );
  }
  let left: readonly string[] = [];
  await waitFor(
    async () => {
      const pods = await client.list("Pod");
      left = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
      // A controller may have made a pod after the list above.
      const late = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      await Promise.all(
        late.map(({ metadata }) => client.delete("Pod", metadata.namespace, metadata.name, 1)),
      );
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: emptyTimeoutMs },
  );
  if (left.length > 0) {
    throw new Error(`delete the pods: not gone after ${emptyTimeoutMs / 1000} s: ${left.join(", ")}`);
  }
}

/** What has to be closed, last first. Goes on after a failure, and tells of all of them at the end. */
class Closing {
  readonly #steps: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const failures: string[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (failures.length > 0) throw new Error(`stop the demo: ${failures.join("; ")}`);
  }
}
