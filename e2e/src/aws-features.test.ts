import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";
import { createBatchProvider } from "@vkubelet/batch";
import type { ContainerObservation, PodObservation, PodSpec, Provider } from "@vkubelet/core";
import { createFargateProvider } from "@vkubelet/fargate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { podContext, resolved } from "./aws-support.ts";
import {
  createEcsCluster,
  emulatedBatchOptions,
  emulatedFargateOptions,
  useTestCredentials,
} from "./emulated-nodes.ts";
import { waitFor } from "./wait-for.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db";
const fileSystems = { "default/data": { fileSystemId: "fs-1" } };
const objects = { secrets: { db: { data: { password: btoa("of the cluster") } } } };

/** Prints what the pod got: the variable, the file, and what an earlier run left behind. */
const reader: PodSpec = {
  restartPolicy: "Never",
  containers: [
    {
      name: "main",
      image: "busybox",
      args: [
        "sh",
        "-c",
        'echo "$P"; cat /emulated/db/password; echo; cat /emulated/data/x 2>&-; echo kept >/emulated/data/x',
      ],
      env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }],
      volumeMounts: [
        { name: "db", mountPath: "/emulated/db" },
        { name: "data", mountPath: "/emulated/data" },
      ],
    },
  ],
  volumes: [
    { name: "db", secret: { secretName: "db" } },
    { name: "data", persistentVolumeClaim: { claimName: "data" } },
  ],
};

describe("pods on the AWS emulator", () => {
  let emulator: AwsEmulator;
  let fargate: Provider;
  let batch: Provider;

  beforeAll(async () => {
    useTestCredentials();
    emulator = await startAwsEmulator({ secrets: { [`${secretArn}:password::`]: "of AWS" } });
    await createEcsCluster(emulator.endpoint, emulator.region);
    const more = { fileSystems, secretArns: { "default/db": secretArn }, secrets: "reject" as const };
    fargate = createFargateProvider({ nodeName: "f", ...emulatedFargateOptions(emulator), ...more });
    batch = createBatchProvider({ nodeName: "b", ...emulatedBatchOptions(emulator), ...more });
  });
  afterAll(async () => {
    await fargate?.[Symbol.asyncDispose]?.();
    await batch?.[Symbol.asyncDispose]?.();
    await emulator?.[Symbol.asyncDispose]();
  });

  const observe = (provider: Provider, uid: string, accept: (observation: PodObservation) => boolean) =>
    waitFor(
      `pod ${uid}`,
      async () => (await provider.listPods(podContext())).find(({ ref }) => ref.uid === uid),
      (observation) => observation !== undefined && accept(observation),
    );

  const main = (observation: PodObservation | undefined): ContainerObservation["state"] | undefined =>
    observation?.containers.find(({ name }) => name === "main")?.state;

  async function outputOf(provider: Provider, uid: string): Promise<readonly string[]> {
    const pod = resolved(uid, reader, 0, objects);
    const context = podContext();
    await provider.createPod(pod, context);
    await observe(provider, uid, ({ state }) => state === "ended");
    const lines: string[] = [];
    const logs =
      provider.logs?.({ ...pod.ref, container: "main" }, { follow: false, previous: false }, context) ?? [];
    for await (const { bytes } of logs) lines.push(new TextDecoder().decode(bytes));
    return lines;
  }

  it.runIf(isRoot)("read Secrets from AWS and keep files on EFS, on both services", async () => {
    expect(await outputOf(fargate, "u-1")).toEqual(["of AWS", "of AWS"]);
    expect(await outputOf(batch, "u-2")).toEqual(["of AWS", "of AWS", "kept"]);
  });

  it("R1: are ready while their exec probe succeeds, and stopped when they are no longer alive", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vkubelet-health-"));
    const file = join(folder, "ok");
    const probe = { exec: { command: ["test", "-e", file] }, periodSeconds: 5, failureThreshold: 1 };
    const spec: PodSpec = {
      containers: [
        {
          name: "main",
          image: "busybox",
          command: ["sleep", "600"],
          livenessProbe: { ...probe, initialDelaySeconds: 60 },
          readinessProbe: probe,
        },
      ],
    };
    await fargate.createPod(resolved("u-3", spec), podContext());
    const begun = await observe(fargate, "u-3", (seen) => main(seen)?.type === "running");
    expect(main(begun)).toMatchObject({ ready: false });
    writeFileSync(file, "");
    await observe(fargate, "u-3", (seen) => {
      const state = main(seen);
      return state?.type === "running" && state.ready === true;
    });
    rmSync(folder, { recursive: true });
    const ended = await observe(fargate, "u-3", ({ state }) => state === "ended");
    expect(ended).toMatchObject({ message: "vkubelet: container main failed its livenessProbe" });
    expect(ended).not.toHaveProperty("failure");
  });
});
