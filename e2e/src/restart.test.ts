import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerOrSkip, startNomad } from "@vkubelet-tools/peers";
import { describeRestart } from "./restart-suite.ts";
import { startRealCluster } from "./test-cluster.ts";

const kubernetes = await peerOrSkip("kubernetes");

if (kubernetes) {
  describeRestart("kill -9 of the local kubelet", startRealCluster, async () => {
    const directory = await mkdtemp(join(tmpdir(), "vkubelet-local-"));
    return {
      kind: "local",
      image: "busybox",
      options: { directory },
      sharesFiles: true,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  });
}

if (kubernetes && (await peerOrSkip("nomad"))) {
  describeRestart("kill -9 of the Nomad kubelet", startRealCluster, async () => {
    const agent = await startNomad();
    return {
      kind: "nomad",
      image: "busybox",
      options: { address: agent.address, driver: "raw_exec" },
      sharesFiles: true,
      created: async () => {
        const jobs = (await (await fetch(`${agent.address}/v1/jobs?prefix=vk-`)).json()) as readonly {
          ID: string;
          CreateIndex: number;
        }[];
        return jobs.map((job) => `${job.ID}@${job.CreateIndex}`);
      },
      [Symbol.asyncDispose]: () => agent.stop(),
    };
  });
}
