import { describe, expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, playedNode, namedPod as pod, type Space, template } from "./bench.ts";
import { describeEviction } from "./eviction.ts";
import { expectRecorded, expectRecordedAnswers } from "./recorded.ts";
import { describeTokens } from "./tokens.ts";

function describePodParts(open: () => Bench): void {
  const change = (space: Space, part: string, spec: AnyObject) =>
    space.api.call(
      "PATCH",
      space.path("pods", "a", part),
      { spec },
      { contentType: "application/strategic-merge-patch+json" },
    );
  const sized = (requests: AnyObject, more: AnyObject = {}) => ({
    containers: [{ name: "c", resources: { requests, ...more } }],
  });

  it("adds ephemeral containers and takes none away", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    const added = await change(space, "ephemeralcontainers", {
      ephemeralContainers: [{ name: "debug", image: "x", targetContainerName: "c" }],
    });
    expect(added.code).toBe(200);
    expect(added.body.metadata.generation).toBe(2);
    expect(added.body.spec.ephemeralContainers).toEqual([
      {
        name: "debug",
        image: "x",
        targetContainerName: "c",
        imagePullPolicy: "Always",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      },
    ]);
    const containers = (ephemeralContainers: AnyObject) =>
      change(space, "ephemeralcontainers", { ephemeralContainers });
    const answers = [
      await containers([{ name: "c", image: "x" }]),
      await containers([{ name: "d", image: "x", targetContainerName: "none" }]),
      await containers([{ name: "e", image: "x", ports: [{ containerPort: 1 }] }]),
      await containers([{ name: "f" }]),
      await containers([{ name: "debug", image: "y" }]),
      await containers([{ $patch: "replace" }]),
      await space.api.call(
        "PATCH",
        space.path("pods", "a"),
        { spec: { ephemeralContainers: [] } },
        {
          contentType: "application/merge-patch+json",
        },
      ),
    ];
    await expectRecordedAnswers(space, "ephemeral-refusals", answers);
  });

  it("resizes a pod whose node shows that it can, and nothing but cpu and memory", async () => {
    const space = await open().namespace();
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2" } };
    await space.create("pods", pod("a", { containers: [{ name: "c", image: "x", resources }] }));
    const early = await change(space, "resize", sized({ cpu: "500m" }));
    expect(early, JSON.stringify(early.body)).toMatchObject({ code: 200 });
    expect(early.body.spec.containers[0].resources.requests).toEqual({ cpu: "500m", memory: "1Gi" });
    expect(early.body.metadata.generation).toBe(2);
    await space.setPhase("a", "Running");
    const unable = await change(space, "resize", sized({ cpu: "1" }));
    const { containerStatuses } = (await space.get("pods", "a")).status;
    await space.api.patch(space.path("pods", "a", "status"), {
      status: { containerStatuses: [{ ...containerStatuses[0], resources }] },
    });
    expect((await change(space, "resize", sized({ cpu: "1" }))).code).toBe(200);
    const answers = [
      unable,
      await change(space, "resize", sized({ cpu: null })),
      await change(space, "resize", sized({ cpu: "3" })),
      await change(space, "resize", sized({ "ephemeral-storage": "1Gi" })),
      await change(
        space,
        "resize",
        sized({ cpu: "2", memory: "1Gi" }, { limits: { cpu: "2", memory: "1Gi" } }),
      ),
      await change(space, "resize", { containers: [{ name: "d", image: "x" }] }),
      await space.api.call(
        "PATCH",
        space.path("pods", "a"),
        { spec: sized({ cpu: "2" }) },
        {
          contentType: "application/strategic-merge-patch+json",
        },
      ),
    ];
    await expectRecordedAnswers(space, "resize-refusals", answers);
  });

  it("binds a pod once, with what the binding brings along", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a", { nodeName: undefined, schedulerName: "nobody" }));
    await space.create("pods", pod("gated", { nodeName: undefined, schedulingGates: [{ name: "x.y/z" }] }));
    const bind = (name: string, binding: AnyObject) =>
      space.api.call("POST", space.path("pods", name, "binding"), {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name },
        target: { kind: "Node", name: playedNode },
        ...binding,
      });
    const refusals = [
      await bind("a", { metadata: { name: "b" } }),
      await bind("a", { metadata: { name: "a", uid: "1" } }),
      await bind("a", { target: { kind: "Pod", name: "x" } }),
      await bind("a", { target: {} }),
      await bind("none", {}),
      await bind("gated", {}),
    ];
    const metadata = { name: "a", annotations: { from: "binding" }, labels: { zone: "z" } };
    expect((await bind("a", { metadata })).code).toBe(201);
    const bound = await space.get("pods", "a");
    expect(bound.spec.nodeName).toBe(playedNode);
    expect(bound.metadata).toMatchObject({ annotations: { from: "binding" }, labels: { zone: "z" } });
    expect(bound.status.conditions).toMatchObject([{ type: "PodScheduled", status: "True" }]);
    await expectRecordedAnswers(space, "binding-refusals", [...refusals, await bind("a", {})]);
  });
}

function describeScale(open: () => Bench): void {
  it("scales what has replicas", async () => {
    const space = await open().namespace();
    const spec = { replicas: 1, template: template(), selector: { matchLabels: { app: "case" } } };
    const seen: AnyObject[] = [];
    for (const resource of ["deployments", "replicasets", "statefulsets", "replicationcontrollers"]) {
      const own = resource === "replicationcontrollers" ? { ...spec, selector: { app: "case" } } : spec;
      await space.create(resource, {
        metadata: { name: "w" },
        spec: { ...own, template: template({}, { app: "case" }) },
      });
      const path = space.path(resource, "w", "scale");
      const { kind, apiVersion, spec: wanted, status } = await space.api.get(path);
      const scaled = await space.api.patch(path, { spec: { replicas: 0 } });
      seen.push({ resource, kind, apiVersion, wanted, selector: status.selector, after: scaled.spec });
      const stale = {
        ...scaled,
        metadata: { ...scaled.metadata, resourceVersion: "1" },
        spec: { replicas: 2 },
      };
      expect((await space.api.call("PUT", path, stale)).code).toBe(409);
      const negative = await space.api.call(
        "PATCH",
        path,
        { spec: { replicas: -1 } },
        {
          contentType: "application/merge-patch+json",
        },
      );
      expect(negative).toMatchObject({
        code: 422,
        body: { details: { causes: [{ field: "spec.replicas" }] } },
      });
      expect((await space.get(resource, "w")).spec.replicas).toBe(0);
      await space.delete(resource, "w", { propagationPolicy: "Background" });
    }
    await expectRecorded(space, "scales", seen);
  });
}

/** What is done to an object by the side of its own path. */
export function describeSubresources(open: () => Bench): void {
  describe.concurrent("eviction", () => describeEviction(open));
  describe.concurrent("tokens of service accounts", () => describeTokens(open));
  describe.concurrent("parts of a pod", () => describePodParts(open));
  describe.concurrent("scale", () => describeScale(open));
}
