import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createJob } from "./pod-creation.ts";
import { PodStopper } from "./pod-deletion.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { taskStates } from "./testdata/nomad-objects.ts";
import { podContext, resolvedPod } from "./testdata/pods.ts";
import { jobId } from "./translate/identity.ts";
import { defaultTranslateOptions } from "./translate/options.ts";

async function setUp() {
  const nomad = new FakeNomad();
  const clock = new FakeClock();
  const context = podContext({ clock });
  const pod = resolvedPod({ terminationGracePeriodSeconds: 30 });
  await createJob(nomad, pod, { ...defaultTranslateOptions, nodeName: "vk-1" }, context);
  const id = jobId("vk-1", pod.ref.uid);
  nomad.allocate(id, { ID: "a1", ClientStatus: "running", TaskStates: { app: taskStates.running } });
  const signals = () =>
    nomad.calls.filter((call) => call.operation === "signalTask").map((call) => call.subject);
  return { nomad, clock, context, id, signals, stopper: new PodStopper(nomad) };
}

describe("PodStopper", () => {
  it("stops without purging, and only once", async () => {
    const { nomad, context, id, stopper, signals, clock } = await setUp();
    await stopper.stop(id, 30, context);
    await stopper.stop(id, 30, context);
    expect(nomad.jobs.get(id)?.Stop).toBe(true);
    expect(nomad.calls.filter((call) => call.operation === "deregisterJob")).toHaveLength(1);
    await clock.advance(60_000);
    expect(signals()).toEqual([]);
  });

  it("takes a job that does not exist for success", async () => {
    const { nomad, context, stopper } = await setUp();
    await stopper.stop("vk-00000000-unknown", 30, context);
    expect(nomad.calls.filter((call) => call.operation === "deregisterJob")).toEqual([]);
  });

  it("kills after a grace period shorter than the job's", async () => {
    const { context, id, stopper, signals, clock } = await setUp();
    await stopper.stop(id, 5, context);
    await clock.advance(4_999);
    expect(signals()).toEqual([]);
    await clock.advance(1);
    expect(signals()).toEqual(["SIGKILL a1 app"]);
  });

  it("shortens a grace period under way, and never makes it longer again", async () => {
    const { context, id, stopper, signals, clock } = await setUp();
    await stopper.stop(id, 20, context);
    await stopper.stop(id, 2, context);
    await stopper.stop(id, 10, context);
    await clock.advance(2_000);
    expect(signals()).toEqual(["SIGKILL a1 app"]);
    await clock.advance(60_000);
    expect(signals()).toHaveLength(1);
  });

  it("spares what has ended in time, and stops waiting when disposed of", async () => {
    const { nomad, context, id, stopper, signals, clock } = await setUp();
    await stopper.stop(id, 5, context);
    nomad.allocate(id, { ID: "a1", ClientStatus: "complete", TaskStates: { app: taskStates.dead(0) } });
    await clock.advance(5_000);
    expect(signals()).toEqual([]);
    await stopper.stop(id, 5, context);
    stopper.dispose();
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
  });
});
