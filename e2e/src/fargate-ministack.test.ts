import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import type { PodObservation, Provider, ResolvedPod } from "@vkubelet/core";
import { createFargateProvider } from "@vkubelet/fargate";
import {
  type AwsServer,
  type DockerEngine,
  peerOrSkip,
  startDockerEngine,
  startMinistack,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { podContext, resolved } from "./aws-support.ts";

const uid = (last: number) => `6d3c1c52-0000-4000-8000-00000000000${last}`;
const region = "us-east-1";
const cluster = "pods";
const group = "/vkubelet/e2e";
const ready = (await peerOrSkip("docker")) && (await peerOrSkip("ministack"));

// ministack ignores entryPoint, so that the programs of these pods stand in args.
describe.runIf(ready)("pods on Fargate as real containers, against ministack", () => {
  let engine: DockerEngine;
  let server: AwsServer;
  let provider: Provider;

  beforeAll(async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    engine = await startDockerEngine();
    server = await startMinistack({ dockerHost: engine.host });
    const { endpoint } = server;
    const ecs = new ECSClient({ region, endpoint });
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    ecs.destroy();
    const logs = new CloudWatchLogsClient({ region, endpoint });
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    logs.destroy();
    provider = createFargateProvider({
      nodeName: "fargate-1",
      region,
      endpoint,
      cluster,
      subnets: ["subnet-1"],
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
      logs: { group },
      writerImage: engine.busyboxImage,
    });
  });
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]?.();
    await server?.stop();
    await engine?.stop();
    vi.unstubAllEnvs();
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
  const logsOf = async (pod: ResolvedPod, container: string, follow = false) => {
    const lines: string[] = [];
    const options = { follow, previous: false };
    for await (const line of provider.logs?.({ ...pod.ref, container }, options, podContext()) ?? []) {
      lines.push(new TextDecoder().decode(line.bytes));
    }
    return lines;
  };

  it("reports the exit code of a program that failed, and its output", async () => {
    const pod = resolved(uid(1), {
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          image: engine.busyboxImage,
          args: ["sh", "-c", "echo $GREETING from $HOSTNAME; exit 3"],
          env: [{ name: "GREETING", value: "hello" }],
        },
      ],
    });
    await provider.createPod(pod, podContext());
    const observation = await seen(pod, "ended");
    expect(observation.failure).toBeUndefined();
    expect(observation.containers).toMatchObject([
      { name: "main", state: { type: "terminated", exitCode: 3 } },
    ]);
    expect(await logsOf(pod, "main", true)).toEqual([`hello from ${pod.ref.name}`]);
  });

  it("runs a sidecar beside the main container and ends it with the pod", async () => {
    const image = engine.busyboxImage;
    const pod = resolved(uid(2), {
      restartPolicy: "Never",
      initContainers: [
        { name: "helper", image, restartPolicy: "Always", args: ["sh", "-c", "echo up; sleep 600"] },
      ],
      containers: [{ name: "main", image, args: ["sh", "-c", "sleep 2; echo done"] }],
    });
    await provider.createPod(pod, podContext());
    const observation = await seen(pod, "ended");
    const main = observation.containers.find(({ name }) => name === "main");
    expect(main?.state).toMatchObject({ type: "terminated", exitCode: 0 });
    expect(observation.containers.map(({ name }) => name).sort()).toEqual(["helper", "main"]);
    expect(await logsOf(pod, "helper")).toEqual(["up"]);
  });

  it("stops a running pod that is deleted", async () => {
    const pod = resolved(uid(4), {
      containers: [{ name: "main", image: engine.busyboxImage, args: ["sleep", "600"] }],
      terminationGracePeriodSeconds: 2,
    });
    const context = podContext();
    await provider.createPod(pod, context);
    await vi.waitFor(
      async () => {
        const { containers } = await seen(pod, "active");
        expect(containers).toMatchObject([{ name: "main", state: { type: "running" } }]);
      },
      { timeout: 60_000, interval: 300 },
    );
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 2 }, context);
    expect((await seen(pod, "ended")).failure).toBeUndefined();
  });
});
