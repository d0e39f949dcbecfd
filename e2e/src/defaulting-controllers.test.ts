import { type PodsOptions, podsOf } from "@vkubelet/pod/workloads";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { comparableMade } from "./defaulting-compare.ts";
import { type Sample, samplesOf } from "./samples/workloads.ts";

type Json = Record<string, unknown>;

const nodeName = "node-1";
const samplesPerKind = 6;
/** The next full minute, at which a CronJob runs, and the controllers' time to make a pod of it. */
const cronTimeoutMs = 150_000;

interface Made extends Json {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
}

/** Owned by the workload, or by the ReplicaSet of a Deployment. */
function isOwnedBy({ metadata }: Made, name: string): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.name === name || (owner.kind === "ReplicaSet" && owner.name.startsWith(`${name}-`)),
  );
}

/** The minute, since 1970, of the run of the CronJob that the pod belongs to; undefined for a pod of another owner. */
function minuteOfRun({ metadata }: Made, cronJob: string): number | undefined {
  const jobs = (metadata.ownerReferences ?? []).filter(({ kind }) => kind === "Job");
  const minute = jobs.map(({ name }) => new RegExp(`^${cronJob}-(\\d+)$`).exec(name)?.[1])[0];
  return minute === undefined ? undefined : Number(minute);
}

/** A pod without an index is as good as any other of its workload. */
function hasIndex({ metadata }: Made, index: string): boolean {
  const completion = metadata.labels?.["batch.kubernetes.io/job-completion-index"];
  if (completion !== undefined) return completion === index;
  return (
    metadata.labels?.["statefulset.kubernetes.io/pod-name"] === undefined ||
    metadata.name.endsWith(`-${index}`)
  );
}

/** Workloads of which each makes at least one pod, and none that admission refuses. */
function workloads(kind: string): readonly Sample[] {
  return samplesOf(kind, samplesPerKind, 11).map((sample) => {
    const spec: Json = structuredClone({ ...(sample["spec"] as Json) });
    if (kind === "CronJob") spec["schedule"] = "* * * * *";
    else if (kind !== "Job" && kind !== "DaemonSet") spec["replicas"] = 1;
    const inner = kind === "CronJob" ? ((spec["jobTemplate"] as Json)["spec"] as Json) : spec;
    if (kind.endsWith("Job")) delete inner["suspend"];
    delete spec["ordinals"];
    delete ((inner["template"] as Json)["spec"] as Json)["overhead"];
    return { ...sample, spec };
  });
}

function renamed(sample: Sample | undefined, name: string, fields: Json): Sample {
  const spec = { ...(sample?.["spec"] as Json), ...fields };
  return { ...sample, metadata: { name, namespace: "default" }, spec };
}

describe.runIf(await peerOrSkip("kubernetes"))(
  "the pods of workloads are those of the real controllers",
  () => {
    const cronJobs = workloads("CronJob");
    let controlPlane: ControlPlane;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ scheduler: false });
      await create([
        { apiVersion: "v1", kind: "Node", metadata: { name: nodeName, labels: { disk: "ssd" } } },
      ]);
      // They run at the next full minute, while the other kinds are compared.
      await create(cronJobs);
    });
    afterAll(() => controlPlane?.stop());

    const create = async (objects: readonly Json[]) => {
      const input = objects.map((object) => JSON.stringify(object)).join("\n");
      const { stderr } = await controlPlane.kubectl(["create", "-f", "-"], { input });
      expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Warning: "))).toEqual([]);
    };

    const list = async (what: string): Promise<readonly Made[]> => {
      const { stdout } = await controlPlane.kubectl(["get", what, "-n", "default", "-o", "json"]);
      return JSON.parse(stdout).items;
    };

    /** Waits for the pod of the workload and compares it with ours. */
    const expectSamePod = async (workload: Json, owner: string, options: PodsOptions = {}) => {
      const index = String(options.index ?? 0);
      const pod = await vi.waitUntil(
        async () => (await list("pods")).find((pod) => isOwnedBy(pod, owner) && hasIndex(pod, index)),
        { timeout: 60_000, interval: 500 },
      );
      const { pods, skipped } = podsOf(workload, { admission: true, nodeName, ...options });
      expect(skipped).toEqual([]);
      expect(comparableMade({ ...pods[0]?.pod })).toEqual(comparableMade(pod));
    };

    it.each(["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"])(
      `%s: ${samplesPerKind} of them`,
      async (kind) => {
        const objects = workloads(kind);
        await create(objects);
        for (const object of objects) await expectSamePod(object, object.metadata.name);
      },
    );

    it("Indexed Jobs and StatefulSets: any index, from the first ordinal on", async () => {
      const [set, job] = [workloads("StatefulSet")[0], workloads("Job")[0]];
      const indexed = renamed(job, "indexed", { completionMode: "Indexed", completions: 3, parallelism: 3 });
      const ordinal = renamed(set, "ordinal", {
        replicas: 2,
        ordinals: { start: 5 },
        podManagementPolicy: "Parallel",
      });
      await create([indexed, ordinal]);
      await expectSamePod(indexed, "indexed", { index: 2 });
      const made = await vi.waitUntil(
        async () => (await list("pods")).find(({ metadata }) => metadata.name === "ordinal-6"),
        { timeout: 60_000, interval: 500 },
      );
      const { pods } = podsOf(ordinal, { admission: true, index: 1 });
      expect(comparableMade({ ...pods[0]?.pod })).toEqual(comparableMade(made));
    });

    it(`CronJob: ${samplesPerKind} of them, each by the Job of its run`, async () => {
      for (const cronJob of cronJobs) {
        const { name } = cronJob.metadata;
        const made = await vi.waitUntil(
          async () => (await list("pods")).find((pod) => minuteOfRun(pod, name) !== undefined),
          { timeout: cronTimeoutMs, interval: 500 },
        );
        const scheduledAt = (minuteOfRun(made, name) ?? 0) * 60_000;
        const { pods, skipped } = podsOf(cronJob, { admission: true, nodeName, scheduledAt });
        expect(skipped).toEqual([]);
        expect(comparableMade({ ...pods[0]?.pod })).toEqual(comparableMade(made));
      }
    });
  },
);
