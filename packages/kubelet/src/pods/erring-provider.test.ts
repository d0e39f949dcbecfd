import type { PodObservation, Provider } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

type Method = "listPods" | "watchPods" | "createPod" | "updatePod" | "deletePod" | "releasePod";
const methods: readonly Method[] = [
  "listPods",
  "watchPods",
  "createPod",
  "updatePod",
  "deletePod",
  "releasePod",
];

/** What can be thrown although it is no error. */
const oddities: readonly unknown[] = [
  undefined,
  null,
  "text",
  42,
  Symbol("odd"),
  Object.create(null),
  { message: { not: "text" } },
  Object.assign(new Error("x"), { message: undefined }),
];

/** The provider with another way to do one thing. */
function withMethod(provider: Provider, method: Method, change: (call: () => unknown) => unknown): Provider {
  const original = provider[method] as (...args: readonly unknown[]) => unknown;
  return { ...provider, [method]: (...args: unknown[]) => change(() => original.apply(provider, args)) };
}

/** A pod that is made, given other files, and deleted; whatever errs on the way is past before the end. */
async function live(world: Simulation): Promise<string> {
  world.addConfigMap("cm", { a: "1" });
  const uid = world.addPod("p", {
    containers: [{ name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
    volumes: [{ name: "v", configMap: { name: "cm" } }],
  });
  await world.advance(60_000);
  world.addConfigMap("cm", { a: "2" });
  await world.advance(60_000);
  world.deletePod("p");
  await world.advance(120_000);
  return uid;
}

describe("a provider that throws what is no error, three times", () => {
  it.each(methods.flatMap((method) => oddities.map((odd, index) => [method, index, odd] as const)))(
    "in %s (%i): the pod lives and ends as with any other",
    async (method, _, odd) => {
      const world = new Simulation({ watches: true }, { takesUpdates: true });
      let left = 3;
      const provider = withMethod(world.provider(), method, (call) => {
        left -= 1;
        if (left >= 0) throw odd;
        return call();
      });
      const kubelet = world.start({ provider });
      const uid = await live(world);
      expect(left).toBeLessThan(0);
      expect(world.backend.started).toEqual([`${uid}/0`]);
      expect(world.pod("p")).toBeUndefined();
      expect(world.backend.list()).toEqual([]);
      expect(kubelet.pods.backendError).toBeUndefined();
      await kubelet.stop();
    },
  );
});

describe("a provider of which one call never returns, whatever its signal says", () => {
  it.each(methods)("%s: other pods go on, and the kubelet can be stopped", async (method) => {
    const world = new Simulation({ watches: true }, { takesUpdates: true });
    let hung = 0;
    const provider = withMethod(world.provider(), method, (call) => {
      hung += 1;
      if (hung > 1) return call();
      return method === "watchPods" ? silence() : new Promise(() => {});
    });
    const kubelet = world.start({ provider });
    // The first call of a change is this pod's.
    world.addConfigMap("own", { a: "1" });
    world.addPod("first", {
      containers: [{ name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
      volumes: [{ name: "v", configMap: { name: "own" } }],
    });
    await world.advance(70_000);
    world.addConfigMap("own", { a: "2" });
    await world.advance(10_000);
    world.deletePod("first");
    await world.advance(10_000);
    const uid = await live(world);
    expect(hung).toBeGreaterThan(0);
    expect(world.backend.started.filter((run) => run.startsWith(uid))).toEqual([`${uid}/0`]);
    expect(world.pod("p")).toBeUndefined();
    if (world.pod("first") !== undefined) {
      // Two changes of one pod never overlap: it waits for the one that hangs, and says so.
      const words = world.eventMessages("first").filter((line) => line.includes("has not returned yet"));
      const why = world.eventMessages("first").filter((line) => line.includes("no answer within"));
      expect([...words, ...why]).not.toEqual([]);
    }
    const stopped = kubelet.stop();
    await world.advance(10_000);
    await stopped;
  });
});

describe("a provider that answers late", () => {
  it("about a pod that was deleted and made anew under its name: each keeps its own runs", async () => {
    const world = new Simulation({ watches: true });
    const provider = world.provider();
    const gate = Promise.withResolvers<void>();
    let first: string | undefined;
    const kubelet = world.start({
      provider: {
        ...provider,
        createPod: async (pod, context) => {
          first ??= pod.ref.uid;
          if (pod.ref.uid === first) await gate.promise;
          await provider.createPod(pod, { ...context, signal: new AbortController().signal });
        },
      },
    });
    const old = world.addPod("p");
    await world.advance(5_000);
    world.deletePod("p", 0);
    const young = world.addPod("p");
    await world.advance(10_000);
    expect(world.status("p").phase).toBe("Running");
    gate.resolve();
    await world.advance(300_000);
    expect(world.backend.started).toEqual([`${young}/0`, `${old}/0`]);
    expect(world.backend.list().map(({ ref }) => ref.uid)).toEqual([young]);
    expect(world.status("p").phase).toBe("Running");
    expect(world.backend.stopRequests.every((request) => request.startsWith(`${old}/`))).toBe(true);
    await kubelet.stop();
  });

  it("with what it saw before: an older observation never takes the place of a newer one", async () => {
    const world = new Simulation();
    const provider = world.provider();
    let stale: readonly PodObservation[] | undefined;
    const listPods: Provider["listPods"] = async (context) => stale ?? (await provider.listPods(context));
    const kubelet = world.start({ provider: { ...provider, listPods } });
    const uid = world.addPod("p");
    await world.advance(3_000);
    const before = world.backend.list();
    world.backend.finish(uid, 0);
    await world.advance(3_000);
    stale = before;
    await world.advance(60_000);
    expect(world.status("p").phase).toBe("Succeeded");
    expect(world.backend.stopRequests).toEqual([]);
    await kubelet.stop();
  });
});

/** A watch that is open and never tells anything. */
async function* silence(): AsyncGenerator<PodObservation> {
  await new Promise(() => {});
}
