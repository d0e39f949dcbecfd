import { BatchClient } from "@aws-sdk/client-batch";
import { createBatchProvider } from "@vkubelet/batch";
import type { PodObservation, Provider, ResolvedPod } from "@vkubelet/core";
import {
  type AwsServer,
  type DockerEngine,
  localbatchQueue,
  peerOrSkip,
  startDockerEngine,
  startLocalbatch,
  startMoto,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { motoQueue, podContext, resolved } from "./aws-support.ts";

const uid = (last: number) => `7d3c1c52-0000-4000-8000-00000000000${last}`;
const region = "us-east-1";
const withDocker = await peerOrSkip("docker");

const podThat = (engine: DockerEngine, last: number, script: string) =>
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

const seen = async (
  provider: Provider,
  pod: ResolvedPod,
  state: PodObservation["state"],
): Promise<PodObservation> =>
  await vi.waitFor(
    async () => {
      const all = await provider.listPods(podContext());
      const found = all.find(({ ref }) => ref.uid === pod.ref.uid);
      expect(found).toMatchObject({ state });
      return found as PodObservation;
    },
    { timeout: 60_000, interval: 300 },
  );

describe.runIf(withDocker && (await peerOrSkip("localbatch")))(
  "pods on Batch as real containers, against localbatch",
  () => {
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
        region,
        endpoint: server.endpoint,
        jobQueue: localbatchQueue,
        executionRoleArn: "arn:aws:iam::123456789012:role/execution",
        entryPoint: "assume-none",
      });
    });
    afterAll(async () => {
      await provider?.[Symbol.asyncDispose]?.();
      await server?.stop();
      await engine?.stop();
      vi.unstubAllEnvs();
    });

    it.each([
      [1, "exit 0", 0],
      [2, "exit $CODE", 4],
    ])("pod %d: %s", async (last, script, exitCode) => {
      const pod = podThat(engine, last, script);
      await provider.createPod(pod, podContext());
      const observation = await seen(provider, pod, "ended");
      expect(observation.failure).toBeUndefined();
      expect(observation.containers).toMatchObject([
        { name: "main", state: { type: "terminated", exitCode } },
      ]);
    });

    it("finds a job again whose submission was not answered", async () => {
      const pod = podThat(engine, 3, "sleep 600");
      const context = podContext();
      await provider.createPod(pod, context);
      const run = JSON.parse(context.entries["aws.run"] ?? "{}");
      context.entries["aws.run"] = JSON.stringify({ ...run, id: undefined });
      await provider.createPod(pod, context);
      expect(JSON.parse(context.entries["aws.run"])).toEqual(run);
      await seen(provider, pod, "active");
      await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
      expect((await seen(provider, pod, "ended")).containers).toHaveLength(1);
    });
  },
);

describe.runIf(withDocker && (await peerOrSkip("moto")))(
  "pods on Batch as real containers, against moto",
  () => {
    let engine: DockerEngine;
    let server: AwsServer;
    let provider: Provider;

    beforeAll(async () => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
      engine = await startDockerEngine();
      server = await startMoto({ dockerHost: engine.host });
      const { endpoint } = server;
      const batch = new BatchClient({ region, endpoint });
      await motoQueue(endpoint, batch, "pods");
      batch.destroy();
      provider = createBatchProvider({
        nodeName: "batch-1",
        region,
        endpoint,
        jobQueue: "pods",
        entryPoint: "assume-none",
      });
    });
    afterAll(async () => {
      await provider?.[Symbol.asyncDispose]?.();
      await server?.stop();
      await engine?.stop();
      vi.unstubAllEnvs();
    });

    it("reads the output of a program", async () => {
      const pod = podThat(engine, 4, "echo one; echo $CODE");
      await provider.createPod(pod, podContext());
      await seen(provider, pod, "ended");
      const lines: string[] = [];
      const options = { follow: true, previous: false };
      for await (const line of provider.logs?.({ ...pod.ref, container: "main" }, options, podContext()) ??
        []) {
        lines.push(new TextDecoder().decode(line.bytes));
      }
      expect(lines).toEqual(["one", "4"]);
    });

    it("says that a program failed", async () => {
      const pod = podThat(engine, 5, "exit $CODE");
      await provider.createPod(pod, podContext());
      const { containers } = await seen(provider, pod, "ended");
      // moto drops the exit code from the details of a job.
      expect(containers).toMatchObject([
        { name: "main", state: { exitCode: 137, reason: "ContainerStatusUnknown" } },
      ]);
    });
  },
);
