import { ProviderError, type ProviderErrorCode, providerErrorEffects } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

const codes = Object.keys(providerErrorEffects) as ProviderErrorCode[];
const withEffect = (effect: "retry" | "fail") =>
  codes.filter((code) => providerErrorEffects[code].onCreate === effect);

describe("createPod fails", () => {
  it.each(withEffect("retry"))("with %s: the pod waits, says why, and starts with backoff", async (code) => {
    const world = new Simulation();
    const error = new ProviderError(code, "create task: the backend said no", { reason: "BackendSaidNo" });
    world.backend.fail("createPod", error, error, error);
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(500);
    expect(world.status("p")).toMatchObject({
      phase: "Pending",
      reason: "BackendSaidNo",
      message: "create task: the backend said no",
    });
    expect(world.container("p").state.waiting).toMatchObject({
      reason: "ContainerCreating",
      message: "create task: the backend said no",
    });
    // 1, 2 and 4 s.
    await world.advance(6_000);
    expect(world.backend.started).toEqual([]);
    await world.advance(3_000);
    expect(world.status("p")).toMatchObject({ phase: "Running" });
    expect(world.status("p").reason).toBeUndefined();
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.eventMessages("p")).toContain(
      "Warning FailedCreatePodSandBox: create task: the backend said no",
    );
    await kubelet.stop();
  });

  it.each(withEffect("fail"))(
    "with %s: the pod fails with the message, at once and for good",
    async (code) => {
      const world = new Simulation();
      world.backend.fail(
        "createPod",
        new ProviderError(code, "create task: spec.x: not possible", { reason: "NotPossible" }),
      );
      const kubelet = world.start();
      world.addPod("p", { restartPolicy: "Always" });
      await world.advance(60_000);
      expect(world.status("p")).toMatchObject({
        phase: "Failed",
        reason: "NotPossible",
        message: "Pod was rejected: create task: spec.x: not possible",
      });
      expect(world.status("p").containerStatuses).toBeUndefined();
      expect(world.eventMessages("p")).toEqual(["Warning NotPossible: create task: spec.x: not possible"]);
      expect(world.backend.started).toEqual([]);
      await kubelet.stop();
    },
  );

  it("waits for as long as a throttling backend asks", async () => {
    const world = new Simulation();
    world.backend.fail("createPod", new ProviderError("Throttled", "slow down", { retryAfterMs: 45_000 }));
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(44_000);
    expect(world.backend.started).toEqual([]);
    await world.advance(3_000);
    expect(world.backend.started).toHaveLength(1);
    await kubelet.stop();
  });

  it.each([["text"], [undefined], [null], [new TypeError("x is not a function")], [{ odd: true }]])(
    "with what is no ProviderError (%s): it counts as Internal",
    async (thrown) => {
      const world = new Simulation();
      world.backend.fail("createPod", thrown);
      const kubelet = world.start();
      const uid = world.addPod("p");
      await world.advance(500);
      expect(world.status("p")).toMatchObject({ phase: "Pending", reason: "Internal" });
      await world.advance(5_000);
      expect(world.backend.started).toEqual([`${uid}/0`]);
      await kubelet.stop();
    },
  );

  it("after its effect: it is called again and starts nothing twice", async () => {
    const world = new Simulation();
    world.backend.loseReply("createPod", new ProviderError("Unavailable", "connection reset"));
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(10_000);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("by hanging: it is aborted after two minutes and called again", async () => {
    const world = new Simulation();
    world.backend.hang("createPod");
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(120_500);
    expect(world.status("p")).toMatchObject({ phase: "Pending", reason: "Unavailable" });
    await world.advance(5_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    await kubelet.stop();
  });

  it("by hanging: a stop of the kubelet does not wait for it", async () => {
    const world = new Simulation();
    world.backend.hang("createPod");
    const kubelet = world.start();
    world.addPod("p");
    await world.advance(5_000);
    await kubelet.stop();
    expect(world.backend.started).toEqual([]);
  });

  it("F6: rejections of one owner's pods are spaced, and the pod says why it is about to fail", async () => {
    const world = new Simulation();
    world.backend.fail("createPod", ...Array(6).fill(new ProviderError("Unsupported", "no hostNetwork")));
    const kubelet = world.start();
    const ownerReferences = [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "r", controller: true },
    ];
    world.addPod("p1", {}, { ownerReferences });
    await world.advance(500);
    expect(world.status("p1").phase).toBe("Failed");
    world.addPod("p2", {}, { ownerReferences });
    await world.advance(500);
    expect(world.status("p2")).toMatchObject({
      phase: "Pending",
      reason: "Unsupported",
      message: "no hostNetwork",
    });
    await world.advance(2_000);
    expect(world.status("p2").phase).toBe("Failed");
    expect(world.status("p2").containerStatuses).toBeUndefined();
    await kubelet.stop();
  });
});

describe("the record of a provider", () => {
  it("is durable before anything is created, and a lost reply of its write starts nothing twice", async () => {
    const world = new Simulation({ recordsIntent: true });
    const { KubeApiError } = await import("../api/kube-api-error.ts");
    let losses = 1;
    const kubelet = world.start({
      fuse: (call, when) => {
        const isRecord = call.startsWith("patch") && world.pod("p")?.metadata.annotations !== undefined;
        if (!isRecord || when !== "after" || losses === 0) return;
        losses -= 1;
        throw new KubeApiError("PATCH: connection reset", { status: 0, reason: "NetworkError" });
      },
    });
    const uid = world.addPod("p");
    await world.advance(10_000);
    expect(losses).toBe(0);
    expect(world.pod("p")?.metadata.annotations).toEqual({
      "vkubelet.dev/provider-record": '{"intent":"0"}',
    });
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("that is no record fails the pod, and says so", async () => {
    const world = new Simulation({ recordsIntent: true });
    const kubelet = world.start();
    world.addPod("p", {}, { annotations: { "vkubelet.dev/provider-record": "{" } });
    await world.advance(5_000);
    expect(world.status("p").message).toContain("is not JSON");
    expect(world.backend.started).toEqual([]);
    await kubelet.stop();
  });
});
