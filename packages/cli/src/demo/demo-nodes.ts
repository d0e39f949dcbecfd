import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createBatchProvider } from "@vkubelet/batch";
import { createFargateProvider } from "@vkubelet/fargate";
import type { KubeletOptions } from "@vkubelet/kubelet";
import { createLocalProvider } from "@vkubelet/local";
import { createNomadProvider } from "@vkubelet/nomad";
import { DemoNode, type NodeKind } from "./demo-node.ts";
import type { FoundNomad } from "./nomad-agent.ts";
import { createJobQueue, type EmulatedAws } from "./start-emulator.ts";

const shellImage = "docker.io/library/busybox:1.37";
const pollIntervalMs = 300;
const absenceGraceMs = 5_000;

/** What all nodes of the demo have in common. */
export type CommonOptions = Pick<KubeletOptions, "kubeConfig" | "logger" | "server" | "internalIP">;

function make(
  kind: NodeKind,
  backend: string,
  common: CommonOptions,
  createProvider: (nodeName: string) => KubeletOptions["provider"],
): DemoNode {
  const nodeName = `vk-${kind}`;
  return new DemoNode({
    ...common,
    kind,
    nodeName,
    backend,
    image: shellImage,
    createProvider: () => createProvider(nodeName),
  });
}

/** A node whose pods are processes of this machine. */
export async function localNode(directory: string, common: CommonOptions): Promise<DemoNode> {
  const own = join(directory, "local");
  await mkdir(own, { mode: 0o700 });
  return make("local", "processes of this machine", common, () => createLocalProvider({ directory: own }));
}

/** A node whose pods are ECS tasks of the emulator. */
export function fargateNode(aws: EmulatedAws, common: CommonOptions): DemoNode {
  const backend = "AWS Fargate, emulated: ECS tasks are processes of this machine";
  return make("fargate", backend, common, (nodeName) =>
    createFargateProvider({
      nodeName,
      region: aws.region,
      endpoint: aws.endpoint,
      cluster: "default",
      subnets: ["subnet-demo"],
      logs: { group: "/vkubelet/demo", createGroup: true },
      executionRoleArn: "arn:aws:iam::123456789012:role/demo",
      // Nothing leaves this machine.
      secrets: "plain",
      sentinelImage: shellImage,
      writerImage: shellImage,
      pollIntervalMs,
      absenceGraceMs,
    }),
  );
}

/** A node whose pods are Batch jobs of the emulator. */
export async function batchNode(aws: EmulatedAws, common: CommonOptions): Promise<DemoNode> {
  const jobQueue = await createJobQueue(aws);
  const backend = "AWS Batch, emulated: jobs are processes of this machine";
  return make("batch", backend, common, (nodeName) =>
    createBatchProvider({
      nodeName,
      region: aws.region,
      endpoint: aws.endpoint,
      jobQueue,
      entryPoint: "assume-none",
      executionRoleArn: "arn:aws:iam::123456789012:role/demo",
      secrets: "plain",
      sentinelImage: shellImage,
      writerImage: shellImage,
      pollIntervalMs,
      absenceGraceMs,
    }),
  );
}

/** A node whose pods are jobs of a Nomad agent. */
export function nomadNode(nomad: FoundNomad, common: CommonOptions): DemoNode {
  const token = process.env["NOMAD_TOKEN"];
  return make("nomad", `HashiCorp Nomad, driver ${nomad.driver}: ${nomad.origin}`, common, (nodeName) =>
    createNomadProvider({
      nodeName,
      address: nomad.address,
      driver: nomad.driver,
      ...(token === undefined || token === "" ? {} : { token }),
    }),
  );
}
