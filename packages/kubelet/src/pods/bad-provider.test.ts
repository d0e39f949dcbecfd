import { type ContainerObservation, type PodObservation, type Provider, ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

/** A promise that is never settled, whatever the signal says. */
function never(): Promise<never> {
  return new Promise(() => {});
}

/** A method of a provider that is no async function, and throws before it has made a promise. */
function throwing(): never {
  throw new TypeError("x is not a function");
}

const stateOf = (observation: PodObservation, state: ContainerObservation["state"]) =>
  observation.containers.map((container) => ({ ...container, state }));

describe("a provider that throws", () => {
  it("where it should reject is no other than one that rejects", async () => {
    const world = new Simulation();
    const bad: Partial<Provider> = { createPod: throwing, deletePod: throwing, releasePod: throwing };
    const kubelet = world.start({ provider: { ...world.provider(), ...bad } });
    world.addPod("p");
    await world.advance(5_000);
    expect(world.status("p")).toMatchObject({
      phase: "Pending",
      reason: "Internal",
      message: "x is not a function",
    });
    world.deletePod("p");
    await world.advance(5_000);
    expect(world.eventMessages("p")).toContain("Warning FailedKillPod: x is not a function");
    await kubelet.stop();
  });

  it.each(["listPods", "watchPods"] as const)(
    "in %s is known as out of order, or goes unnoticed",
    async (method) => {
      const world = new Simulation();
      const kubelet = world.start({ provider: { ...world.provider(), [method]: throwing } });
      world.addPod("p");
      await world.advance(60_000);
      if (method === "listPods") expect(String(kubelet.pods.backendError)).toContain("x is not a function");
      else expect(world.status("p").phase).toBe("Running");
      await kubelet.stop();
    },
  );
});

describe("a provider that hangs and heeds no abort", () => {
  it("holds up its own pod alone, and that says why", async () => {
    const world = new Simulation();
    const provider = world.provider();
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: (pod, context) =>
          pod.ref.name.startsWith("bad") ? never() : provider.createPod(pod, context),
      },
    });
    for (let index = 0; index < 100; index++) world.addPod(`bad${index}`);
    const good = world.addPod("good");
    await world.advance(250_000);
    expect(world.backend.started).toEqual([`${good}/0`]);
    const message = "createPod: no answer within 120 s, and it does not heed that it is given up";
    expect(world.status("bad0")).toMatchObject({ phase: "Pending", reason: "Unavailable" });
    expect(world.eventMessages("bad0")).toContain(`Warning FailedCreatePodSandBox: ${message}`);
    world.deletePod("bad0");
    await world.advance(10_000);
    // A stop beside a create that may still take effect would leave what it makes behind.
    expect(world.pod("bad0")).toBeDefined();
    expect(world.eventMessages("bad0")).toContain(
      "Warning FailedKillPod: deletePod: createPod has not returned yet",
    );
    const stopped = kubelet.stop();
    await world.advance(10_000);
    await stopped;
  });

  it("is asked again once it has returned, and what it made late is not made twice", async () => {
    const world = new Simulation();
    const provider = world.provider();
    const gate = Promise.withResolvers<void>();
    let creates = 0;
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: async (pod, context) => {
          creates += 1;
          if (creates === 1) await gate.promise;
          await provider.createPod(pod, { ...context, signal: new AbortController().signal });
        },
      },
    });
    const uid = world.addPod("p");
    await world.advance(130_000);
    gate.resolve();
    await world.advance(400_000);
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("does not keep the kubelet from stopping", async () => {
    const world = new Simulation();
    const kubelet = world.start({ provider: { ...world.provider(), createPod: never } });
    world.addPod("p");
    await world.advance(3_000);
    const stopped = kubelet.stop();
    await world.advance(5_000);
    await stopped;
  });
});

describe("a provider that lies", () => {
  it("P3: a pod that was over and is told to run stays over, and what runs of it is stopped", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    const uid = world.addPod("p");
    await world.advance(3_000);
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    const [ended] = world.backend.list() as [PodObservation];
    world.backend.observe(uid, { state: "active", containers: stateOf(ended, { type: "running" }) });
    await world.advance(3_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(world.container("p").state.terminated).toMatchObject({ exitCode: 0 });
    expect(world.backend.stopRequests).toEqual([`${uid}/30`]);
    await kubelet.stop();
  });

  it("A5: a restart count that goes back, or a run that was before, changes nothing", async () => {
    const world = new Simulation({ restarts: "provider" });
    const kubelet = world.start();
    const uid = world.addPod("p", { restartPolicy: "Always" });
    await world.advance(3_000);
    const [seen] = world.backend.list() as [PodObservation];
    const counted = (restartCount: number) =>
      seen.containers.map((container) => ({ ...container, restartCount, instanceId: `i${restartCount}` }));
    world.backend.observe(uid, { containers: counted(3) });
    await world.advance(3_000);
    world.backend.observe(uid, { containers: counted(1) });
    await world.advance(3_000);
    expect(world.container("p").restartCount).toBe(3);
    await kubelet.stop();
  });

  it.each([
    ["no observation", null, "it is null"],
    ["no name", { ref: { namespace: "n", uid: "u" } }, "ref lacks namespace, name or uid"],
    ["no containers", { containers: undefined }, "containers is no list"],
    ["an odd state", { state: "gone" }, "state is gone"],
    ["an odd version", { version: Number.NaN }, "version is NaN"],
    [
      "an odd container",
      { containers: [{ name: "main", restartCount: 0 }] },
      'container "main" is undefined',
    ],
  ])(
    "%s in a listing makes all of it an error that says what is wrong, and no pod is lost",
    async (_, part, why) => {
      const world = new Simulation();
      const provider = world.provider();
      let lies = false;
      const kubelet = world.start({
        provider: {
          ...provider,
          listPods: async (context) => {
            const [first, ...rest] = await provider.listPods(context);
            if (!lies || first === undefined) return first === undefined ? rest : [first, ...rest];
            return [part === null ? part : { ...first, ...part }] as PodObservation[];
          },
        },
      });
      world.addPod("p");
      world.addPod("q");
      await world.advance(3_000);
      lies = true;
      await world.advance(60_000);
      expect(String(kubelet.pods.backendError)).toContain(why);
      lies = false;
      await world.advance(60_000);
      expect(kubelet.pods.backendError).toBeUndefined();
      expect([world.status("p").phase, world.status("q").phase]).toEqual(["Running", "Running"]);
      expect(world.backend.started).toHaveLength(2);
      await kubelet.stop();
    },
  );
});

describe("a provider that is late", () => {
  it("with a create that answers after the pod was deleted: what it made is stopped", async () => {
    const world = new Simulation();
    const provider = world.provider();
    const gate = Promise.withResolvers<void>();
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: async (pod, context) => {
          await gate.promise;
          await provider.createPod(pod, { ...context, signal: new AbortController().signal });
        },
      },
    });
    const uid = world.addPod("p");
    await world.advance(5_000);
    world.deletePod("p");
    await world.advance(5_000);
    expect(world.pod("p")).toBeDefined();
    gate.resolve();
    await world.advance(60_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.started).toEqual([`${uid}/0`]);
    expect(world.backend.list()).toEqual([]);
    await kubelet.stop();
  });

  it("with an error after the pod was deleted ends like one that answers", async () => {
    const world = new Simulation();
    const provider = world.provider();
    const gate = Promise.withResolvers<void>();
    const createPod = async () => {
      await gate.promise;
      throw new ProviderError("Unavailable", "too late");
    };
    const kubelet = world.start({ provider: { ...provider, createPod } });
    world.addPod("p");
    await world.advance(5_000);
    world.deletePod("p", 0);
    await world.advance(5_000);
    gate.resolve();
    await world.advance(60_000);
    expect(world.backend.released).toHaveLength(1);
    await kubelet.stop();
  });
});
