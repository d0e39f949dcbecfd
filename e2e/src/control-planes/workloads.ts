import { describe, expect, it } from "vitest";
import { waitFor } from "../wait-for.ts";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, template } from "./bench.ts";
import { describeDeployments, describeReplicas } from "./replicas.ts";
import { controllerOf, finishDeletions, living, namesOf, withImage, workload } from "./workload-objects.ts";

function describeStatefulSets(open: () => Bench): void {
  it("StatefulSets grow in order, update from the last, and shrink from the last", async () => {
    const space = await open().namespace();
    await space.create("statefulsets", workload({ replicas: 2, serviceName: "svc" }));
    const [zero] = await living(space, 1);
    expect(zero.metadata.labels).toMatchObject({
      app: "case",
      "statefulset.kubernetes.io/pod-name": "w-0",
      "apps.kubernetes.io/pod-index": "0",
    });
    expect(zero.spec).toMatchObject({ hostname: "w-0", subdomain: "svc" });
    await space.setPhase("w-0", "Running");
    await living(space, 2);
    await space.setPhase("w-1", "Running");
    const grown = await space.until("statefulsets", "w", ({ status }) => status.availableReplicas === 2);
    const { currentRevision, updateRevision, ...counts } = grown.status;
    expect(currentRevision).toBe(updateRevision);
    expect(counts).toEqual({
      observedGeneration: 1,
      replicas: 2,
      readyReplicas: 2,
      currentReplicas: 2,
      updatedReplicas: 2,
      collisionCount: 0,
      availableReplicas: 2,
    });
    await space.patch("statefulsets", "w", {
      spec: { updateStrategy: { rollingUpdate: { partition: 1 } }, ...withImage("y").spec },
    });
    await space.until("pods", "w-1", ({ metadata }) => metadata.deletionTimestamp);
    await finishDeletions(space);
    await space.until("pods", "w-1", ({ spec }) => spec.containers[0].image === "y");
    await space.setPhase("w-1", "Running");
    const partly = await space.until(
      "statefulsets",
      "w",
      ({ status }) => status.updatedReplicas === 1 && status.readyReplicas === 2,
    );
    expect(partly.status.currentReplicas).toBe(1);
    expect((await space.get("pods", "w-0")).spec.containers[0].image).toBe("x");
    const history = await space.list("controllerrevisions");
    expect(history.map(({ revision }) => revision).sort()).toEqual([1, 2]);
    await space.patch("statefulsets", "w", { spec: { replicas: 1 } });
    await space.until("pods", "w-1", ({ metadata }) => metadata.deletionTimestamp);
    await finishDeletions(space);
    const shrunk = await space.until("statefulsets", "w", ({ status }) => status.replicas === 1);
    expect(namesOf(await space.list("pods"))).toEqual(["w-0"]);
    expect(shrunk.status.currentReplicas).toBe(1);
  });

  it("StatefulSets in parallel make all pods at once, with the claims of each", async () => {
    const space = await open().namespace();
    await space.create(
      "statefulsets",
      workload({
        replicas: 2,
        serviceName: "svc",
        podManagementPolicy: "Parallel",
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
      }),
    );
    await living(space, 2);
    const claims = await space.untilAll("persistentvolumeclaims", (all) => all.length === 2);
    expect(namesOf(claims)).toEqual(["data-w-0", "data-w-1"]);
    expect(claims[0].metadata.labels).toEqual({ app: "case" });
    const volumes = (await space.get("pods", "w-0")).spec.volumes;
    expect(volumes).toContainEqual({ name: "data", persistentVolumeClaim: { claimName: "data-w-0" } });
  });
}

function describeDaemonSets(open: () => Bench): void {
  it("DaemonSets have one pod on each node that lets them, and follow labels and taints", async () => {
    const space = await open().namespace();
    const nodes = [`${space.name}-1`, `${space.name}-2`];
    const label = { pool: space.name };
    for (const name of nodes) await space.api.post(pathOf("nodes"), { metadata: { name, labels: label } });
    const spec = { nodeName: undefined, nodeSelector: label, schedulerName: "nobody" };
    await space.create("daemonsets", workload({ template: template(spec) }));
    const pods = await living(space, 2);
    const [pod] = pods;
    expect(pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [
        {
          matchFields: [
            { key: "metadata.name", operator: "In", values: [expect.stringContaining(space.name)] },
          ],
        },
      ],
    });
    const keys = pod.spec.tolerations.map(({ key, effect }: AnyObject) => `${key.split("/")[1]}:${effect}`);
    expect(keys).toEqual([
      "not-ready:NoExecute",
      "unreachable:NoExecute",
      "disk-pressure:NoSchedule",
      "memory-pressure:NoSchedule",
      "pid-pressure:NoSchedule",
      "unschedulable:NoSchedule",
    ]);
    const placed = await space.until("daemonsets", "w", ({ status }) => status.currentNumberScheduled === 2);
    expect(placed.status).toEqual({
      currentNumberScheduled: 2,
      numberMisscheduled: 0,
      desiredNumberScheduled: 2,
      numberReady: 0,
      observedGeneration: 1,
      updatedNumberScheduled: 2,
      numberUnavailable: 2,
    });
    expect(placed.metadata.annotations).toEqual({ "deprecated.daemonset.template.generation": "1" });
    for (const { metadata, spec: bound } of pods) {
      const [{ matchFields }] =
        bound.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
      await space.api.post(space.path("pods", metadata.name, "binding"), {
        metadata: { name: metadata.name },
        target: { name: matchFields[0].values[0] },
      });
    }
    await space.api.patch(pathOf("nodes", undefined, nodes[0] ?? ""), {
      metadata: { labels: { pool: "none" } },
    });
    await living(space, 1);
    await space.until("daemonsets", "w", ({ status }) => status.desiredNumberScheduled === 1);
    await space.patch("daemonsets", "w", {
      spec: { updateStrategy: { type: "OnDelete" }, ...withImage("y").spec },
    });
    const updated = await space.until("daemonsets", "w", ({ status }) => status.observedGeneration === 2);
    expect(updated.status.updatedNumberScheduled).toBeUndefined();
    for (const name of nodes) await space.api.send("DELETE", pathOf("nodes", undefined, name), {});
  });
}

function describeCronJobs(open: () => Bench): void {
  it("CronJobs start a Job at the full minute and remember it", async () => {
    const space = await open().namespace();
    const jobTemplate = {
      metadata: { labels: { of: "cron" } },
      spec: { template: template({ restartPolicy: "Never" }) },
    };
    await space.create("cronjobs", {
      metadata: { name: "c" },
      spec: {
        schedule: "* * * * *",
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 0,
        jobTemplate,
      },
    });
    await space.create("cronjobs", {
      metadata: { name: "held" },
      spec: { schedule: "* * * * *", suspend: true, jobTemplate },
    });
    const [job] = await waitFor(
      "the minute's Job",
      () => space.list("jobs"),
      (jobs) => jobs.length === 1,
      150_000,
    );
    const minute = Number(job.metadata.name.slice("c-".length));
    const time = `${new Date(minute * 60_000).toISOString().slice(0, 19)}Z`;
    expect(job.metadata).toMatchObject({
      labels: { of: "cron" },
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": time },
    });
    expect(controllerOf(job)).toMatchObject({ kind: "CronJob", name: "c" });
    const running = await space.until("cronjobs", "c", ({ status }) => status.active?.length === 1);
    expect(running.status.lastScheduleTime).toBe(time);
    expect(running.status.active[0]).toMatchObject({ kind: "Job", name: job.metadata.name });
    const [pod] = await living(space, 1);
    await space.setPhase(pod.metadata.name, "Succeeded");
    const over = await space.until("cronjobs", "c", ({ status }) => status.lastSuccessfulTime !== undefined);
    expect(over.status.active).toBeUndefined();
    await space.untilGone("jobs", job.metadata.name);
    expect((await space.get("cronjobs", "held")).status).toEqual({});
  });
}

/** What workloads do with their pods. */
export function describeWorkloads(open: () => Bench): void {
  describe.concurrent("workloads", () => {
    describeReplicas(open);
    describeDeployments(open);
    describeStatefulSets(open);
    describeDaemonSets(open);
    describeCronJobs(open);
  });
}
