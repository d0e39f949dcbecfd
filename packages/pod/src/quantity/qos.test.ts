import type { Container, ResourceRequirements } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { qosClassOf, qosClassOfPod } from "./qos.ts";

const container = (resources?: ResourceRequirements): Container => ({
  name: "c",
  ...(resources && { resources }),
});
const full = { cpu: "1", memory: "1Gi" };

describe("qosClassOf", () => {
  it("S1: a class in the status is kept, an empty one computed", () => {
    const spec = { containers: [container()] };
    expect(qosClassOfPod({ spec, status: { qosClass: "Guaranteed" } })).toBe("Guaranteed");
    expect(qosClassOfPod({ spec, status: {} })).toBe("BestEffort");
    expect(qosClassOfPod({ spec })).toBe("BestEffort");
    expect(qosClassOfPod({})).toBe("BestEffort");
  });

  it("S2: init containers count, zero and ephemeral containers do not", () => {
    const guaranteed = container({ limits: full });
    expect(qosClassOf({ containers: [guaranteed], initContainers: [container()] })).toBe("Burstable");
    expect(qosClassOf({ containers: [guaranteed], ephemeralContainers: [container()] })).toBe("Guaranteed");
    expect(qosClassOf({ containers: [container({ requests: { cpu: 0 } })] })).toBe("BestEffort");
    expect(qosClassOf({ containers: [container()], initContainers: [guaranteed] })).toBe("Burstable");
  });

  it("S2: a pod whose own resources name a container's huge pages by default has the containers' requests", () => {
    const containers = [
      container({ requests: { cpu: "5" } }),
      container({ limits: { "hugepages-2Mi": "2Mi" } }),
    ];
    expect(qosClassOf({ containers, resources: { requests: { memory: "0" } } })).toBe("Burstable");
    expect(qosClassOf({ containers: containers.slice(0, 1), resources: { requests: { memory: "0" } } })).toBe(
      "BestEffort",
    );
  });

  it("S2: pod-level resources alone decide where there are any", () => {
    const containers = [container({ requests: { cpu: "1" } })];
    expect(qosClassOf({ containers, resources: { requests: full, limits: full } })).toBe("Guaranteed");
    expect(qosClassOf({ containers, resources: { limits: { cpu: "1" } } })).toBe("Burstable");
    expect(qosClassOf({ containers, resources: {} })).toBe("BestEffort");
  });

  it("S3: Guaranteed needs both limits everywhere and equal requests", () => {
    expect(qosClassOf({ containers: [container({ limits: full }), container({ limits: full })] })).toBe(
      "Guaranteed",
    );
    const equal = { requests: { cpu: "1000m", memory: "1024Mi" }, limits: full };
    expect(qosClassOf({ containers: [container(equal)] })).toBe("Guaranteed");
    expect(qosClassOf({ containers: [container({ limits: full, requests: { cpu: "500m" } })] })).toBe(
      "Burstable",
    );
    expect(qosClassOf({ containers: [container({ limits: { cpu: "1" } })] })).toBe("Burstable");
    expect(qosClassOf({ containers: [container({ limits: full }), container()] })).toBe("Burstable");
  });

  it("S3: an ephemeral-storage request does not leave BestEffort", () => {
    const storage = { requests: { "ephemeral-storage": "1Gi" } };
    expect(qosClassOf({ containers: [container(storage)] })).toBe("BestEffort");
  });
});
