import { expect, it } from "vitest";
import { podsOf } from "./pods-of.ts";

const template = {
  metadata: { labels: { app: "a" } },
  spec: { containers: [{ name: "c", image: "nginx:1" }] },
};
const object = (apiVersion: string, kind: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name: "web" },
  spec: { selector: { matchLabels: { app: "a" } }, ...spec },
});
const podOf = (workload: object, options = {}) => {
  const { pods, skipped } = podsOf(workload, options);
  expect(skipped).toEqual([]);
  expect(pods).toHaveLength(1);
  const [made] = pods;
  if (!made) throw new Error("no pod was made");
  return made;
};

it("a Deployment's pod is a ReplicaSet's, with a hash in name and label", () => {
  const { pod, source, replicas } = podOf(object("apps/v1", "Deployment", { replicas: 3, template }));
  expect(source).toEqual({ kind: "Deployment", namespace: "default", name: "web" });
  expect(replicas).toBe(3);
  const hash = pod.metadata?.labels?.["pod-template-hash"];
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
  expect(pod.metadata?.name).toMatch(new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
  expect(pod.metadata?.ownerReferences).toMatchObject([
    { kind: "ReplicaSet", name: `web-${hash}`, controller: true },
  ]);
});

it("a StatefulSet's pod carries its ordinal, and its claims are volumes", () => {
  const spec = {
    serviceName: "svc",
    template,
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
  };
  const { pod } = podOf(object("apps/v1", "StatefulSet", spec), { index: 2 });
  expect(pod.metadata).toMatchObject({
    name: "web-2",
    labels: { "apps.kubernetes.io/pod-index": "2", "statefulset.kubernetes.io/pod-name": "web-2" },
  });
  expect(pod.spec).toMatchObject({
    hostname: "web-2",
    subdomain: "svc",
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-web-2" } }],
  });
});

it("an Indexed Job's pod knows its index", () => {
  const job = object("batch/v1", "Job", {
    completionMode: "Indexed",
    completions: 4,
    parallelism: 8,
    template,
  });
  const { pod, replicas, completions } = podOf(job, { index: 1 });
  expect([replicas, completions]).toEqual([4, 4]);
  expect(pod.metadata?.name).toMatch(/^web-1-.{5}$/);
  expect(pod.metadata?.annotations).toEqual({ "batch.kubernetes.io/job-completion-index": "1" });
  expect(pod.metadata?.labels).toMatchObject({
    app: "a",
    "job-name": "web",
    "batch.kubernetes.io/job-completion-index": "1",
  });
  expect(pod.spec?.hostname).toBe("web-1");
  expect(pod.spec?.containers[0]?.env?.[0]?.name).toBe("JOB_COMPLETION_INDEX");
});

it("a CronJob's pod is that of the Job of one run", () => {
  const cronJob = object("batch/v1", "CronJob", {
    schedule: "* * * * *",
    jobTemplate: { spec: { template } },
  });
  const { pod } = podOf(cronJob, { scheduledAt: 120_000 });
  expect(pod.metadata?.labels?.["job-name"]).toBe("web-2");
});

it("a List is followed, and what makes no pods is named with the reason", () => {
  const list = {
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "n" } },
      { kind: "List", apiVersion: "v1", items: [object("apps/v1", "DaemonSet", { template })] },
      object("extensions/v1beta1", "Deployment", { template }),
      object("apps/v1", "ReplicaSet", {}),
      7,
    ],
  };
  const { pods, skipped } = podsOf(list);
  expect(pods.map(({ source }) => source.kind)).toEqual(["DaemonSet"]);
  expect(skipped).toEqual([
    { kind: "Service", namespace: "n", name: "s", reason: "makes no pods that are known here" },
    expect.objectContaining({ kind: "Deployment", reason: expect.stringContaining("apps/v1") }),
    expect.objectContaining({ kind: "ReplicaSet", reason: "spec.template.spec is missing" }),
    expect.objectContaining({ reason: "is no object" }),
  ]);
});

it("changes nothing that it was given, and gives the same again", () => {
  const workload = object("apps/v1", "StatefulSet", { template });
  const before = structuredClone(workload);
  expect(podsOf(workload, { admission: true })).toEqual(podsOf(workload, { admission: true }));
  expect(workload).toEqual(before);
});
