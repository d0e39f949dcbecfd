import { expect } from "vitest";
import { type AnyObject, pathOf } from "../control-planes/api-client.ts";
import { holds } from "../control-planes/bench.ts";
import { waitFor } from "../wait-for.ts";
import {
  conditionOf,
  exits,
  ignoresStop,
  isOver,
  isReady,
  mainOf,
  runs,
  type Scenario,
  specOn,
  startsOf,
  uidOf,
  untilEnded,
  workload,
} from "./stage.ts";

const deployment: Scenario = {
  name: "a Deployment goes up, rolls to another image, and goes down",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    await space.create("deployments", workload("web", specOn(virtual), { replicas: 2 }));
    const ready = (count: number) =>
      space.until("deployments", "web", ({ status }) => status.readyReplicas === count);
    await ready(2);
    await space.patch("deployments", "web", { spec: { replicas: 5 } });
    await ready(5);
    const before = (await space.list("pods")).map(uidOf);
    const containers = [{ name: "main", ...runs(), image: "in-memory:2" }];
    await space.patch("deployments", "web", { spec: { template: { spec: { containers } } } });
    await space.until("deployments", "web", ({ metadata, status }) => {
      const { observedGeneration, updatedReplicas, replicas, readyReplicas } = status;
      const counts = [updatedReplicas, replicas, readyReplicas];
      return observedGeneration === metadata.generation && counts.every((count) => count === 5);
    });
    await untilEnded(virtual, before);
    const after = await space.untilAll("pods", (pods) => pods.length === 5);
    await space.patch("deployments", "web", { spec: { replicas: 0 } });
    await space.untilAll("pods", (pods) => pods.length === 0);
    const uids = [...before, ...after.map(uidOf)];
    await untilEnded(virtual, uids);
    expect(uids.map((uid) => startsOf(virtual, uid))).toEqual(uids.map(() => 1));
  },
};

function job(podSpec: AnyObject, spec: AnyObject): AnyObject {
  return {
    metadata: { name: "j" },
    spec: { template: { metadata: { labels: { app: "case" } }, spec: podSpec }, ...spec },
  };
}

const jobRetries: Scenario = {
  name: "a Job tries a pod that fails again, and gives up after its limit",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const spec = specOn(virtual, exits(3), { restartPolicy: "Never" });
    await space.create("jobs", job(spec, { backoffLimit: 1 }));
    const failed = await space.until("jobs", "j", (object) => holds(object, "Failed"));
    expect(conditionOf(failed, "Failed").reason).toBe("BackoffLimitExceeded");
    expect(failed.status.failed).toBe(2);
    const pods = await space.list("pods");
    expect(pods.map(({ status }) => status.phase)).toEqual(["Failed", "Failed"]);
    expect(pods.map((object) => mainOf(object).state.terminated.exitCode)).toEqual([3, 3]);
  },
};

const exitCodePolicy: Scenario = {
  name: "a Job with a podFailurePolicy gives up at once for an exit code of which it knows",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const onExitCodes = { containerName: "main", operator: "In", values: [42] };
    const podFailurePolicy = { rules: [{ action: "FailJob", onExitCodes }] };
    const spec = specOn(virtual, exits(42), { restartPolicy: "Never" });
    await space.create("jobs", job(spec, { backoffLimit: 3, podFailurePolicy }));
    const failed = await space.until("jobs", "j", (object) => holds(object, "Failed"));
    const [only, ...others] = await space.list("pods");
    const message = `Container main for pod ${space.name}/${only.metadata.name} failed with exit code 42 matching FailJob rule at index 0`;
    expect(conditionOf(failed, "Failed")).toMatchObject({ reason: "PodFailurePolicy", message });
    expect(others).toEqual([]);
  },
};

const disruptionPolicy: Scenario = {
  name: "a Job with a podFailurePolicy does not count pods that were evicted",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const onPodConditions = [{ type: "DisruptionTarget", status: "True" }];
    const podFailurePolicy = { rules: [{ action: "Ignore", onPodConditions }] };
    const spec = specOn(virtual, runs(), { restartPolicy: "Never" });
    await space.create("jobs", job(spec, { backoffLimit: 0, podFailurePolicy }));
    const [first] = await space.untilAll("pods", (pods) => pods.length === 1 && pods.every(isReady));
    const { name } = first.metadata;
    await space.api.post(space.path("pods", name, "eviction"), { metadata: { name } });
    const others = (pods: readonly AnyObject[]) => pods.filter((object) => uidOf(object) !== uidOf(first));
    const pods = await space.untilAll("pods", (all) => others(all).some(isReady));
    virtual.backend.finish(uidOf(others(pods)[0]), 0);
    const done = await space.until("jobs", "j", (object) => holds(object, "Complete"));
    expect(done.status.succeeded).toBe(1);
    expect(done.status.failed).toBeUndefined();
  },
};

const statefulSet: Scenario = {
  name: "a StatefulSet makes a pod anew under its name, also while the one before still runs",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const spec = specOn(virtual, ignoresStop(), { terminationGracePeriodSeconds: 3 });
    const settings = { replicas: 2, serviceName: "svc", podManagementPolicy: "Parallel" };
    await space.create("statefulsets", workload("w", spec, settings));
    await space.until("statefulsets", "w", ({ status }) => status.readyReplicas === 2);
    const before = await space.list("pods");
    await space.delete("pods", "w-0");
    await space.delete("pods", "w-1", { gracePeriodSeconds: 0 });
    const old = before.map(uidOf);
    const isNew = (object: AnyObject) => isReady(object) && !old.includes(uidOf(object));
    const [zero, one] = [await space.until("pods", "w-0", isNew), await space.until("pods", "w-1", isNew)];
    await untilEnded(virtual, old);
    const uids = [...old, uidOf(zero), uidOf(one)];
    expect(uids.map((uid) => startsOf(virtual, uid))).toEqual(uids.map(() => 1));
    expect([zero, one].map(({ spec: { hostname } }) => hostname)).toEqual(["w-0", "w-1"]);
    await space.delete("statefulsets", "w");
    await space.untilAll("pods", (pods) => pods.length === 0);
    await untilEnded(virtual, uids);
  },
};

const cronJob: Scenario = {
  name: "a CronJob starts a Job at the full minute, and remembers its success",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const spec = specOn(virtual, exits(0, ["tick"]), { restartPolicy: "Never" });
    const template = { metadata: { labels: { app: "case" } }, spec };
    await space.create("cronjobs", {
      metadata: { name: "c" },
      spec: { schedule: "* * * * *", concurrencyPolicy: "Forbid", jobTemplate: { spec: { template } } },
    });
    const done = await waitFor(
      "the CronJob's success",
      () => space.get("cronjobs", "c"),
      ({ status }) => status.lastSuccessfulTime !== undefined,
      150_000,
    );
    await space.patch("cronjobs", "c", { spec: { suspend: true } });
    expect(Date.parse(done.status.lastScheduleTime) % 60_000).toBe(0);
    const [first] = await space.untilAll("pods", (pods) => pods.some(isOver));
    expect(first.status.phase).toBe("Succeeded");
    const log = `${space.path("pods", first.metadata.name, "log")}`;
    expect((await space.api.get(log)).trim()).toBe("tick");
    await space.api.send("DELETE", pathOf("cronjobs", space.name, "c"), { propagationPolicy: "Foreground" });
    await space.untilAll("pods", (pods) => pods.length === 0);
  },
};

/** What controllers do with pods that a kubelet runs. */
export const workloads: readonly Scenario[] = [
  deployment,
  jobRetries,
  exitCodePolicy,
  disruptionPolicy,
  statefulSet,
  cronJob,
];
