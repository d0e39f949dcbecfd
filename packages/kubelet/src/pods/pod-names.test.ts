import type { PodSpec, Provider, ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../testdata/simulation.ts";

/** The world's provider, and the pods that it was asked to create. */
function listening(world: Simulation): { readonly provider: Provider; readonly created: ResolvedPod[] } {
  const created: ResolvedPod[] = [];
  const inner = world.provider();
  const provider: Provider = {
    ...inner,
    createPod: (pod, context) => {
      created.push(pod);
      return inner.createPod(pod, context);
    },
  };
  return { provider, created };
}

const cluster = { clusterDomain: "cluster.local", clusterDNS: ["10.96.0.10"] };

const fullName = { subdomain: "web", setHostnameAsFQDN: true } as Partial<PodSpec>;
const nodeDns = { dnsPolicy: "Default" } as Partial<PodSpec>;

describe("what a pod is called and asks for names", () => {
  it("H2, H4: comes from what the node knows of the cluster", async () => {
    const world = new Simulation();
    const { provider, created } = listening(world);
    const kubelet = world.start({ provider, ...cluster });
    world.addPod("p", fullName);
    await world.advance(2_000);
    expect(created[0]?.network).toEqual({
      kernelHostname: "p.web.default.svc.cluster.local",
      domain: "web.default.svc.cluster.local",
      hostAliases: [],
      dns: {
        servers: ["10.96.0.10"],
        searches: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"],
        options: ["ndots:5"],
      },
    });
    await kubelet.stop();
  });

  it("H4: is left to the backend by a node that knows nothing of it, and for pods that want the node's", async () => {
    const world = new Simulation();
    const { provider, created } = listening(world);
    const unaware = world.start({ provider });
    world.addPod("p");
    await world.advance(2_000);
    await unaware.stop();
    const aware = world.start({ provider, ...cluster });
    world.addPod("q", nodeDns);
    await world.advance(2_000);
    expect(created.map(({ network }) => network)).toEqual([
      { kernelHostname: "p", hostAliases: [] },
      { kernelHostname: "q", hostAliases: [] },
    ]);
    expect(world.events("p")).not.toContain("MissingClusterDNS");
    await aware.stop();
  });

  it("H2: a full name that the node cannot make is refused by its field", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", fullName);
    await world.advance(5_000);
    expect(world.backend.started).toEqual([]);
    expect(world.status("p").message).toContain("spec.setHostnameAsFQDN: ");
    await kubelet.stop();
  });
});

describe("the picture of a static pod", () => {
  it("U1: is left alone: never run, never written to, and gone at once when somebody deletes it", async () => {
    const world = new Simulation();
    const kubelet = world.start();
    world.addPod("p", {}, { annotations: { "kubernetes.io/config.mirror": "5f0c2a0e" } });
    await world.advance(60_000);
    expect(world.api.writes).toEqual([]);
    world.deletePod("p");
    await world.advance(3_000);
    expect(world.pod("p")).toBeUndefined();
    expect(world.backend.started).toEqual([]);
    expect(world.backend.stopRequests).toEqual([]);
    await kubelet.stop();
  });

  it("U1: takes no room of the node", async () => {
    const world = new Simulation();
    world.allocatable = { pods: "1" };
    const kubelet = world.start();
    world.addPod("mirror", {}, { annotations: { "kubernetes.io/config.mirror": "5f0c2a0e" } });
    world.addPod("p");
    await world.advance(5_000);
    expect(world.status("p").phase).toBe("Running");
    await kubelet.stop();
  });
});
