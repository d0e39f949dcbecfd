import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAwsEmulator } from "@vkubelet/aws-emulator";
import { peerOrSkip, startNomad } from "@vkubelet-tools/peers";
import { describe } from "vitest";
import { describeOnEachControlPlane } from "./each-control-plane.ts";
import {
  createEcsCluster,
  emulatedBatchOptions,
  emulatedFargateOptions,
  useTestCredentials,
} from "./emulated-nodes.ts";
import { describeRestart, type RestartBackend } from "./restart-suite.ts";
import { startRealCluster } from "./test-cluster.ts";

const manyPods = 200;

/** A backend with room for many pods. */
async function startFargate(): Promise<RestartBackend> {
  useTestCredentials();
  const emulator = await startAwsEmulator();
  await createEcsCluster(emulator.endpoint, emulator.region);
  return {
    kind: "fargate",
    image: "busybox",
    options: {
      ...emulatedFargateOptions(emulator),
      capacity: { cpu: "100", memory: "400Gi", pods: `${manyPods}` },
    },
    created: async () => emulator.counts().tasks.map((task) => task.taskArn),
    [Symbol.asyncDispose]: async () => emulator[Symbol.asyncDispose](),
  };
}

await describeOnEachControlPlane("many pods", (start) => {
  describeRestart("kill -9 of the Fargate kubelet", start, startFargate, manyPods);
});

const kubernetes = await peerOrSkip("kubernetes");
const nomad = await peerOrSkip("nomad");

describe.runIf(kubernetes)("real Kubernetes control plane", () => {
  describeRestart("kill -9 of the local kubelet", startRealCluster, async () => {
    const directory = await mkdtemp(join(tmpdir(), "vkubelet-local-"));
    return {
      kind: "local",
      image: "busybox",
      options: { directory },
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  });

  describeRestart("kill -9 of the Batch kubelet", startRealCluster, async () => {
    useTestCredentials();
    const emulator = await startAwsEmulator({ batchVcpus: 64 });
    return {
      kind: "batch",
      image: "busybox",
      options: emulatedBatchOptions(emulator),
      created: async () => emulator.counts().jobs.map((job) => job.jobId),
      [Symbol.asyncDispose]: async () => emulator[Symbol.asyncDispose](),
    };
  });
});

describe.runIf(kubernetes && nomad)("real Kubernetes control plane and real Nomad", () => {
  describeRestart("kill -9 of the Nomad kubelet", startRealCluster, async () => {
    const agent = await startNomad();
    return {
      kind: "nomad",
      image: "busybox",
      options: { address: agent.address, driver: "raw_exec" },
      created: async () => {
        const answer = await fetch(`${agent.address}/v1/jobs?prefix=vk-`);
        const jobs = (await answer.json()) as readonly { ID: string; CreateIndex: number }[];
        return jobs.map((job) => `${job.ID}@${job.CreateIndex}`);
      },
      [Symbol.asyncDispose]: () => agent.stop(),
    };
  });
});
