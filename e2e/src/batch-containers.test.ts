import { createBatchProvider } from "@vkubelet/batch";
import type { PodObservation, Provider, ResolvedPod } from "@vkubelet/core";
import {
  type AwsServer,
  type DockerEngine,
  localbatchQueue,
  peerOrSkip,
  startDockerEngine,
  startLocalbatch,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { podContext, resolved } from "./aws-support.ts";

const uid = (last: number) => `7d3c1c52-0000-4000-8000-00000000000${last}`;
const ready = (await peerOrSkip("docker")) && (await peerOrSkip("localbatch"));

describe.runIf(ready)("pods on Batch as real containers, against localbatch", () => {
  let engine: DockerEngine;
  let server: AwsServer;
  let provider: Provider;

  beforeAll(async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    engine = await startDockerEngine();
    server = await startLocalbatch({ dockerHost: engine.host });
    provider = createBatchProvider({
      nodeName: "batch-1",
      region: "us-east-1",
      endpoint: server.endpoint,
      jobQueue: localbatchQueue,
      entryPoint: "assume-none",
    });
  });
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]?.();
    await server?.stop();
    await engine?.stop();
    vi.unstubAllEnvs();
  });

  const podThat = (last: number, script: string) =>
    resolved(uid(last), {
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          image: engine.busyboxImage,
          command: ["sh", "-c"],
          args: [script],
          env: [{ name: "CODE", value: "4" }],
        },
      ],
    });
  const seen = async (pod: ResolvedPod, state: PodObservation["state"]): Promise<PodObservation> =>
    await vi.waitFor(
      async () => {
        const all = await provider.listPods(podContext());
        const found = all.find(({ ref }) => ref.uid === pod.ref.uid);
        expect(found).toMatchObject({ state });
        return found as PodObservation;
      },
      { timeout: 60_000, interval: 300 },
    );

  it.each([
    [1, "exit 0", 0],
    [2, "exit $CODE", 4],
  ])("pod %d: %s", async (last, script, exitCode) => {
    const pod = podThat(last, script);
    await provider.createPod(pod, podContext());
    const observation = await seen(pod, "ended");
    expect(observation.failure).toBeUndefined();
    expect(observation.containers).toMatchObject([{ name: "main", state: { type: "terminated", exitCode } }]);
  });

  it("finds a job again whose submission was not answered", async () => {
    const pod = podThat(3, "sleep 600");
    const context = podContext();
    await provider.createPod(pod, context);
    const run = JSON.parse(context.entries["aws.run"] ?? "{}");
    context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
    await provider.createPod(pod, context);
    expect(JSON.parse(context.entries["aws.run"])).toEqual(run);
    await seen(pod, "active");
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
    expect((await seen(pod, "ended")).containers).toHaveLength(1);
  });
});
