import { type PodSpec, type Provider, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

/** A world whose provider takes changes, and what it was given: the files of each call, or the image without any. */
function updatable(): {
  readonly world: Simulation;
  readonly provider: Provider;
  readonly updates: string[];
  readonly faults: unknown[];
} {
  const world = new Simulation();
  const updates: string[] = [];
  const faults: unknown[] = [];
  const updatePod = async (pod: ResolvedPod) => {
    if (faults.length > 0) throw faults.shift();
    updates.push(filesOf(pod) || `image ${pod.containers[0]?.image}`);
  };
  return { world, provider: { ...world.provider(), updatePod }, updates, faults };
}

function filesOf({ volumes }: ResolvedPod): string {
  return volumes
    .flatMap((volume) => (volume.type === "files" ? volume.files : []))
    .map(({ path, content }) => `${path}=${new TextDecoder().decode(content)}`)
    .join(" ");
}

function withVolume(volume: object, mount: object = {}, rest: object = {}): Partial<PodSpec> {
  return {
    containers: [
      { name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v", ...mount }], ...rest },
    ],
    volumes: [{ name: "v", ...volume }],
  } as Partial<PodSpec>;
}

const fromConfigMap = { configMap: { name: "cm" } };
const podInfo = {
  downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
};
const token = {
  projected: {
    sources: [{ serviceAccountToken: { path: "token", audience: "a", expirationSeconds: 3_600 } }],
  },
};

describe("files of a running pod", () => {
  it("C5: follow their ConfigMap, in one call for changes that come together", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    expect(updates).toEqual([]);
    world.addConfigMap("cm", { a: "2" });
    world.addConfigMap("cm", { a: "3", b: "4" });
    await world.advance(5_000);
    expect(updates).toEqual(["a=3 b=4"]);
    world.addConfigMap("cm", { a: "3", b: "4" });
    await world.advance(60_000);
    expect(updates).toHaveLength(1);
    await kubelet.stop();
  });

  it("C5: an optional object that appears and goes is followed, one that must be there and goes is told", async () => {
    const { world, provider, updates } = updatable();
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume({ configMap: { name: "cm", optional: true } }));
    world.addConfigMap("must", { a: "1" });
    world.addPod("q", withVolume({ configMap: { name: "must" } }));
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "1" });
    await world.advance(5_000);
    world.api.remove("/api/v1/namespaces/default/configmaps/cm");
    world.api.remove("/api/v1/namespaces/default/configmaps/must");
    await world.advance(5_000);
    expect(updates).toEqual(["a=1", "image app:1"]);
    expect(world.status("q").phase).toBe("Running");
    expect(world.eventMessages("q")).toContain(
      'Warning FailedSync: changes do not reach the running pod yet: MountVolume.SetUp failed for volume "v" : configmap "must" not found',
    );
    await kubelet.stop();
  });

  it("C5: never change where only a sub-path is mounted", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap, { subPath: "a" }));
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(5_000);
    expect(updates).toEqual([]);
    await kubelet.stop();
  });

  it("C5: of an immutable object stay, even if one of its name is made anew", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" }, { immutable: true });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    world.api.remove("/api/v1/namespaces/default/configmaps/cm");
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(5_000);
    expect(updates).toEqual([]);
    expect(world.events("p")).toEqual(["Started"]);
    await kubelet.stop();
  });

  it("D7: follow labels that they show; N6: the environment does not", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(podInfo), { labels: { a: "1" } });
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "cm", key: "a" } } }];
    world.addPod("q", withVolume({ emptyDir: {} }, {}, { env }), { labels: { a: "1" } });
    await world.advance(5_000);
    for (const name of ["p", "q"]) world.changePod(name, { metadata: { labels: { a: "2" } } });
    world.addConfigMap("cm", { a: "2" });
    await world.advance(5_000);
    expect(updates).toEqual(['labels=a="2"']);
    await kubelet.stop();
  });

  it("N6: come with the environment that the containers were made with, and with today's for another image", async () => {
    const world = new Simulation();
    world.addConfigMap("cm", { a: "1" });
    const given: string[] = [];
    const updatePod = async (pod: ResolvedPod) => {
      const value = pod.containers[0]?.env.find(({ name }) => name === "A")?.value.parts.join("");
      given.push(`${filesOf(pod)} A=${value}`);
    };
    const kubelet = world.start({ provider: { ...world.provider(), updatePod } });
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "cm", key: "a" } } }];
    const spec = withVolume(fromConfigMap, {}, { env });
    world.addPod("p", spec);
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(5_000);
    world.changePod("p", { spec: { containers: [{ ...spec.containers?.[0], image: "app:2" }] } });
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "3" });
    await world.advance(5_000);
    expect(given).toEqual(["a=2 A=1", "a=2 A=2", "a=3 A=2"]);
    await kubelet.stop();
  });

  it("C7: get a new token when four fifths of its lifetime are over, and keep one that holds when none can be had", async () => {
    const { world, provider, updates } = updatable();
    let refusals = 0;
    const { KubeApiError } = await import("../api/kube-api-error.ts");
    const kubelet = world.start({
      provider,
      fuse: (call, when) => {
        if (!call.endsWith("/token") || when === "after" || refusals === 0) return;
        refusals -= 1;
        throw new KubeApiError("down", { status: 503, reason: "ServiceUnavailable" });
      },
    });
    world.addPod("p", withVolume(token));
    await world.advance(2_870_000);
    expect(updates).toEqual([]);
    refusals = 1;
    await world.advance(20_000);
    expect(updates).toEqual([]);
    await world.advance(60_000);
    expect(updates).toEqual(["token=token-1"]);
    await world.advance(2_890_000);
    expect(updates).toEqual(["token=token-1", "token=token-2"]);
    await kubelet.stop();
  });

  it("are brought up to date once after a restart, when nobody knows what the backend was given", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const first = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    world.addPod("q");
    await world.advance(5_000);
    await first.stop();
    world.addConfigMap("cm", { a: "2" });
    const second = world.start({ provider });
    await world.advance(60_000);
    expect(updates).toEqual(["a=2"]);
    await second.stop();
  });

  it("are brought up to date once when a create was repeated, and which one counted is not known", async () => {
    const { world, provider, updates } = updatable();
    world.addConfigMap("cm", { a: "1" });
    world.backend.loseReply("createPod", new ProviderError("Unavailable", "connection reset"));
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    world.backend.hang("listPods");
    await world.advance(90_000);
    expect(world.status("p").phase).toBe("Running");
    expect(updates).toEqual(["a=1"]);
    await kubelet.stop();
  });
});

describe("a change that does not go through", () => {
  it.each([
    new ProviderError("Unavailable", "update task: no answer"),
    new TypeError("update task: no answer"),
  ])("is told and tried again: %s", async (fault) => {
    const { world, provider, updates, faults } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    faults.push(fault, fault);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(10_000);
    expect(updates).toEqual(["a=2"]);
    expect(world.status("p").phase).toBe("Running");
    expect(world.eventMessages("p")).toContain(
      "Warning FailedSync: changes do not reach the running pod yet: update task: no answer",
    );
    await kubelet.stop();
  });

  it("because the backend cannot is told once, and the pod goes on", async () => {
    const { world, provider, updates, faults } = updatable();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start({ provider });
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    faults.push(new ProviderError("Unsupported", "tasks cannot be changed; create the pod anew"));
    world.addConfigMap("cm", { a: "2" });
    await world.advance(600_000);
    expect(updates).toEqual([]);
    expect(world.eventMessages("p").slice(1)).toEqual([
      'Warning Unsupported: the memory backend did not carry over the files of volume "v": tasks cannot be changed; create the pod anew',
    ]);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });

  it("because the provider has no updatePod is told once for each change", async () => {
    const world = new Simulation();
    world.addConfigMap("cm", { a: "1" });
    const kubelet = world.start();
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(600_000);
    expect(world.events("p")).toEqual(["Started", "Unsupported"]);
    await kubelet.stop();
  });

  it("by hanging is given up when the pod is deleted", async () => {
    const world = new Simulation();
    world.addConfigMap("cm", { a: "1" });
    const updatePod: Provider["updatePod"] = (_, { signal }) =>
      new Promise((__, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const kubelet = world.start({ provider: { ...world.provider(), updatePod } });
    world.addPod("p", withVolume(fromConfigMap));
    await world.advance(5_000);
    world.addConfigMap("cm", { a: "2" });
    await world.advance(5_000);
    world.deletePod("p");
    await world.advance(5_000);
    expect(world.pod("p")).toBeUndefined();
    await kubelet.stop();
  });
});
