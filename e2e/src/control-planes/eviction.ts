import { expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, namedPod as pod, type Space, template } from "./bench.ts";

/** What is asked for of a pod's disruption budget, once its controller has looked at it. */
async function budget(
  space: Space,
  spec: AnyObject,
  accept: (status: AnyObject) => boolean,
): Promise<AnyObject> {
  const selector = { matchLabels: { app: "case" } };
  await space.create("poddisruptionbudgets", { metadata: { name: "b" }, spec: { selector, ...spec } });
  return settled(space, accept);
}

async function settled(space: Space, accept: (status: AnyObject) => boolean): Promise<AnyObject> {
  const found = await space.until(
    "poddisruptionbudgets",
    "b",
    ({ status, metadata }) => status?.observedGeneration === metadata.generation && accept(status),
  );
  const { conditions, ...counts } = found.status;
  const [{ lastTransitionTime, ...condition }] = conditions;
  expect(lastTransitionTime).toMatch(/Z$/);
  return { ...counts, condition };
}

function evict(space: Space, name: string, options: AnyObject = {}): Promise<AnyObject> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name }, ...options };
  return space.api.call("POST", space.path("pods", name, "eviction"), eviction);
}

function withoutTime({ body }: AnyObject): AnyObject {
  const { metadata: _metadata, ...rest } = body;
  return rest;
}

/** Evictions, and the budgets that allow them. */
export function describeEviction(open: () => Bench): void {
  it("evicts what the budget can spare, and refuses the rest with what it lacks", async () => {
    const space = await open().namespace();
    for (const name of ["a", "b", "c"]) {
      await space.create("pods", pod(name));
      await space.setPhase(name, "Running");
    }
    const allowed = await budget(space, { minAvailable: 2 }, ({ currentHealthy }) => currentHealthy === 3);
    expect(allowed).toEqual({
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 3,
      observedGeneration: 1,
      condition: {
        type: "DisruptionAllowed",
        status: "True",
        reason: "SufficientPods",
        message: "",
        observedGeneration: 1,
      },
    });
    expect(await evict(space, "a", { deleteOptions: { dryRun: ["All"] } })).toMatchObject({ code: 201 });
    const done = await evict(space, "a");
    expect({ code: done.code, ...withoutTime(done) }).toEqual({
      code: 201,
      kind: "Status",
      apiVersion: "v1",
      status: "Success",
    });
    const leaving = await space.get("pods", "a");
    expect(leaving.metadata.deletionGracePeriodSeconds).toBe(30);
    const target = leaving.status.conditions.find(({ type }: AnyObject) => type === "DisruptionTarget");
    expect(target).toMatchObject({
      status: "True",
      reason: "EvictionByEvictionAPI",
      message: "Eviction API: evicting",
    });
    expect(await settled(space, ({ currentHealthy }) => currentHealthy === 2)).toMatchObject({
      disruptionsAllowed: 0,
      condition: { status: "False", reason: "InsufficientPods" },
    });
    const refused = await evict(space, "b");
    expect(refused.code).toBe(429);
    expect(withoutTime(refused)).toEqual({
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: "TooManyRequests",
      details: {
        causes: [
          {
            reason: "DisruptionBudget",
            message: "The disruption budget b needs 2 healthy pods and has 2 currently",
          },
        ],
      },
      code: 429,
    });
    expect(refused.headers["retry-after"]).toBeUndefined();
  });

  it("lets pods go that guard nothing: pending, ended, or not ready where that is allowed", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("pending"));
    await space.create("pods", pod("ended"));
    await space.setPhase("ended", "Failed", 1);
    await space.create("pods", pod("sick"));
    await space.setPhase("sick", "Running");
    const notReady = [{ type: "Ready", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" }];
    await space.api.patch(space.path("pods", "sick", "status"), { status: { conditions: notReady } });
    await budget(space, { minAvailable: 1 }, ({ expectedPods }) => expectedPods === 3);
    expect((await evict(space, "pending")).code).toBe(201);
    expect((await evict(space, "ended")).code).toBe(201);
    expect((await evict(space, "sick")).code).toBe(429);
    await space.patch("poddisruptionbudgets", "b", { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } });
    await settled(space, () => true);
    expect((await evict(space, "sick")).code).toBe(201);
  });

  it("counts the pods that there should be by the scale of what controls them", async () => {
    const space = await open().namespace();
    await space.create("deployments", {
      metadata: { name: "web" },
      spec: { replicas: 4, selector: { matchLabels: { app: "case" } }, template: template() },
    });
    const pods = await space.untilAll("pods", (all) => all.length === 4);
    for (const { metadata } of pods) await space.setPhase(metadata.name, "Running");
    const share = await budget(
      space,
      { maxUnavailable: "30%" },
      ({ currentHealthy }) => currentHealthy === 4,
    );
    expect(share).toMatchObject({ expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 });
  });

  it("does not decide between two budgets, and takes no eviction of another name", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    await space.setPhase("a", "Running");
    await budget(space, { minAvailable: 0 }, ({ currentHealthy }) => currentHealthy === 1);
    await space.create("poddisruptionbudgets", {
      metadata: { name: "c" },
      spec: { minAvailable: 0, selector: {} },
    });
    const { body } = await evict(space, "a");
    expect(body).toMatchObject({
      status: "Failure",
      message:
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    });
    expect(await evict(space, "a", { metadata: { name: "b" } })).toMatchObject({
      code: 400,
      body: { message: "name in URL does not match name in Eviction object" },
    });
    expect(await evict(space, "gone")).toMatchObject({ code: 404 });
  });
}
