import { type PodsOptions, podsOf } from "@vkubelet/pod/workloads";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { comparableMade } from "./defaulting-compare.ts";
import { type Sample, samplesOf } from "./defaulting-samples.ts";

type Json = Record<string, unknown>;

const nodeName = "node-1";
const samplesPerKind = 6;

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
    if (kind === "Job") delete spec["suspend"];
    else if (kind !== "DaemonSet") spec["replicas"] = 1;
    delete spec["ordinals"];
    delete ((spec["template"] as Json)["spec"] as Json)["overhead"];
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
    let controlPlane: ControlPlane;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ scheduler: false });
      await create([
        { apiVersion: "v1", kind: "Node", metadata: { name: nodeName, labels: { disk: "ssd" } } },
      ]);
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
  },
);
