import { expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, template } from "./bench.ts";
import {
  controllerOf,
  finishDeletions,
  living,
  namesOf,
  runAll,
  selector,
  withImage,
  workload,
} from "./workload-objects.ts";

/** What ReplicaSets and ReplicationControllers do with their pods. */
export function describeReplicas(open: () => Bench): void {
  for (const resource of ["replicasets", "replicationcontrollers"]) {
    const own = (spec: AnyObject) =>
      workload(resource === "replicasets" ? spec : { selector: selector.matchLabels, ...spec });

    const terminating = resource === "replicasets" ? { terminatingReplicas: 0 } : {};

    it(`${resource} keep their number, and tell how their pods are`, async () => {
      const space = await open().namespace();
      await space.create(resource, own({ replicas: 2 }));
      const pods = await living(space, 2);
      expect(pods[0].metadata.generateName).toBe("w-");
      expect(controllerOf(pods[0])).toMatchObject({ name: "w", controller: true, blockOwnerDeletion: true });
      await runAll(space, pods);
      const { status } = await space.until(resource, "w", (object) => object.status.availableReplicas === 2);
      expect(status).toEqual({
        replicas: 2,
        fullyLabeledReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        observedGeneration: 1,
        ...terminating,
      });
      await space.setPhase(pods[0].metadata.name, "Failed", 1);
      const replaced = await space.untilAll("pods", (all) => all.length === 3);
      expect(replaced.filter((pod) => pod.status.phase === "Pending")).toHaveLength(1);
      await space.patch(resource, "w", { spec: { replicas: 0 } });
      const none = await space.until(
        resource,
        "w",
        (object) => object.status.observedGeneration === 2 && object.status.replicas === 0,
      );
      expect(none.status).toMatchObject({ replicas: 0, observedGeneration: 2 });
      await finishDeletions(space);
      const gone = await space.until(resource, "w", (object) => !object.status.terminatingReplicas);
      expect(gone.status).toEqual({ replicas: 0, observedGeneration: 2, ...terminating });
    });

    it(`${resource} take over pods of nobody and let go of those they no longer select`, async () => {
      const space = await open().namespace();
      const { spec, metadata } = template();
      await space.create("pods", { metadata: { ...metadata, name: "lone" }, spec });
      await space.create(resource, own({ replicas: 1 }));
      const adopted = await space.until("pods", "lone", (pod) => controllerOf(pod)?.name === "w");
      expect(controllerOf(adopted)).toMatchObject({ blockOwnerDeletion: true });
      await space.patch("pods", "lone", { metadata: { labels: { app: "other" } } });
      await space.until("pods", "lone", (pod) => controllerOf(pod) === undefined);
      await space.untilAll("pods", (pods) => pods.length === 2);
    });

    it(`${resource} give up first what costs least`, async () => {
      const space = await open().namespace();
      await space.create(resource, own({ replicas: 3 }));
      const pods = await living(space, 3);
      await runAll(space, pods);
      const [dear, cheap, plain] = namesOf(pods) as [string, string, string];
      const cost = "controller.kubernetes.io/pod-deletion-cost";
      await space.patch("pods", dear, { metadata: { annotations: { [cost]: "10" } } });
      await space.patch("pods", cheap, { metadata: { annotations: { [cost]: "-10" } } });
      await space.until(resource, "w", (object) => object.status.readyReplicas === 3);
      await space.patch(resource, "w", { spec: { replicas: 2 } });
      expect(namesOf(await living(space, 2))).toEqual([dear, plain].sort());
      await space.patch(resource, "w", { spec: { replicas: 1 } });
      expect(namesOf(await living(space, 1))).toEqual([dear]);
    });
  }

  it("replicationcontrollers leave their pods behind when nobody says what becomes of them", async () => {
    const space = await open().namespace();
    await space.create("replicationcontrollers", workload({ replicas: 1, selector: selector.matchLabels }));
    await living(space, 1);
    await space.delete("replicationcontrollers", "w");
    await space.untilGone("replicationcontrollers", "w");
    const [left] = await space.untilAll("pods", ([pod]) => controllerOf(pod) === undefined);
    expect(left.metadata).not.toHaveProperty("deletionTimestamp");
  });
}

/** How Deployments roll out. */
export function describeDeployments(open: () => Bench): void {
  it("Deployments roll out and back, and take over the ReplicaSet that was left behind", async () => {
    const space = await open().namespace();
    await space.create("deployments", workload({ replicas: 1 }));
    await runAll(space, await living(space, 1));
    const first = await space.until("deployments", "w", ({ status }) => status.availableReplicas === 1);
    const [old] = await space.list("replicasets");
    expect(first.status.terminatingReplicas).toBe(0);
    expect(first.metadata.annotations).toEqual({ "deployment.kubernetes.io/revision": "1" });
    expect(first.status.conditions.map(({ type, reason }: AnyObject) => `${type} ${reason}`)).toEqual([
      "Available MinimumReplicasAvailable",
      "Progressing NewReplicaSetAvailable",
    ]);
    await space.patch("deployments", "w", withImage("y"));
    await runAll(
      space,
      (await living(space, 2)).filter(({ status }) => status.phase === "Pending"),
    );
    await space.until(
      "deployments",
      "w",
      ({ status }) => status.updatedReplicas === 1 && status.replicas === 1,
    );
    await space.delete("deployments", "w", { propagationPolicy: "Orphan" });
    const sets = await space.untilAll("replicasets", (all) => all.every((set) => !controllerOf(set)));
    expect(sets).toHaveLength(2);
    await space.untilGone("deployments", "w");
    await space.create("deployments", workload({ replicas: 1 }));
    const taken = await space.untilAll("replicasets", (all) => all.every((set) => controllerOf(set)));
    expect(namesOf(taken)).toEqual(namesOf(sets));
    const back = await space.until("replicasets", old.metadata.name, ({ spec }) => spec.replicas === 1);
    expect(back.metadata.annotations["deployment.kubernetes.io/revision"]).toBe("3");
  });
}
