import { describe, expect, it } from "vitest";
import { waitFor } from "../wait-for.ts";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, conditionsOf, holds, type Space, template } from "./bench.ts";

const hold = "example.com/hold";

function configMap(name: string, metadata: AnyObject = {}): AnyObject {
  return { metadata: { name, ...metadata } };
}

function ownedBy(owner: AnyObject, blockOwnerDeletion: boolean): AnyObject {
  const { name, uid } = owner.metadata;
  return { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name, uid, blockOwnerDeletion }] };
}

function describeCollection(open: () => Bench): void {
  it("deletes in the foreground what blocks, and its owner after it", async () => {
    const space = await open().namespace();
    const owner = await space.create("configmaps", configMap("owner"));
    await space.create("configmaps", configMap("blocks", { ...ownedBy(owner, true), finalizers: [hold] }));
    await space.create("configmaps", configMap("loose", { ...ownedBy(owner, false), finalizers: [hold] }));
    await space.delete("configmaps", "owner", { propagationPolicy: "Foreground" });
    await space.until("configmaps", "blocks", ({ metadata }) => metadata.deletionTimestamp);
    await space.until("configmaps", "loose", ({ metadata }) => metadata.deletionTimestamp);
    const waiting = await space.get("configmaps", "owner");
    expect(waiting.metadata).toMatchObject({
      finalizers: ["foregroundDeletion"],
      deletionGracePeriodSeconds: 0,
    });
    await space.patch("configmaps", "blocks", { metadata: { finalizers: null } });
    await space.untilGone("configmaps", "owner");
    await space.patch("configmaps", "loose", { metadata: { finalizers: null } });
    await space.untilGone("configmaps", "loose");
  });

  it("leaves orphans without the reference, and deletes what has lost its last owner", async () => {
    const space = await open().namespace();
    const first = await space.create("configmaps", configMap("first"));
    const second = await space.create("configmaps", configMap("second"));
    const owners = [first, second].flatMap((owner) => ownedBy(owner, false).ownerReferences);
    await space.create("configmaps", configMap("child", { ownerReferences: owners }));
    await space.delete("configmaps", "first", { propagationPolicy: "Background" });
    await space.until("configmaps", "child", ({ metadata }) => metadata.ownerReferences.length === 1);
    await space.delete("configmaps", "second", { propagationPolicy: "Orphan" });
    await space.untilGone("configmaps", "second");
    const left = await space.get("configmaps", "child");
    expect(left.metadata.ownerReferences).toBeUndefined();
    const uid = "00000000-0000-4000-8000-000000000000";
    const gone = { metadata: { name: "gone", uid } };
    await space.create("configmaps", configMap("stray", ownedBy(gone, false)));
    await space.untilGone("configmaps", "stray");
  });
}

function describeNamespaces(open: () => Bench): void {
  it("a namespace says what its end waits for, and takes nothing new", async () => {
    const space = await open().namespace();
    await space.create("configmaps", configMap("held", { finalizers: [hold] }));
    await space.create("configmaps", configMap("free"));
    await space.api.send("DELETE", pathOf("namespaces", undefined, space.name), {});
    const look = () => space.api.get(pathOf("namespaces", undefined, space.name));
    const ending = await waitFor("what the namespace waits for", look, (object) =>
      holds(object, "NamespaceFinalizersRemaining"),
    );
    expect(ending.status.phase).toBe("Terminating");
    expect(conditionsOf(ending)).toEqual([
      "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered",
      "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions",
      "NamespaceDeletionContentFailure=False ContentDeleted",
      "NamespaceContentRemaining=True SomeResourcesRemain",
      "NamespaceFinalizersRemaining=True SomeFinalizersRemain",
    ]);
    expect(ending.status.conditions.slice(3).map(({ message }: AnyObject) => message)).toEqual([
      "Some resources are remaining: configmaps. has 1 resource instances",
      `Some content in the namespace has finalizers remaining: ${hold} in 1 resource instances`,
    ]);
    const refused = await space.api.call("POST", space.path("configmaps"), configMap("late"));
    expect(refused).toMatchObject({
      code: 403,
      body: { details: { causes: [{ reason: "NamespaceTerminating" }] } },
    });
    await space.patch("configmaps", "held", { metadata: { finalizers: null } });
    await waitFor(
      "the namespace is gone",
      () => space.api.call("GET", pathOf("namespaces", undefined, space.name)),
      ({ code }) => code === 404,
    );
  });
}

/** Plays a kubelet that posts its status. */
async function postReady(space: Space, node: string): Promise<void> {
  const time = space.now();
  const ready = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  await space.api.patch(pathOf("nodes", undefined, node, "status"), { status: { conditions: [ready] } });
}

function taintsOf({ spec }: AnyObject): string[] {
  return (spec.taints ?? []).map(({ key, effect }: AnyObject) => `${key.split("/")[1]}:${effect}`).sort();
}

function describeNodes(open: () => Bench): void {
  it("a silent node becomes Unknown and tainted, and loses the pods whose time is up", async () => {
    const space = await open().namespace();
    const [well, silent] = [`${space.name}-well`, `${space.name}-silent`];
    const labels = { "topology.kubernetes.io/zone": space.name };
    for (const name of [well, silent]) {
      await space.api.post(pathOf("nodes"), { metadata: { name, labels } });
      await postReady(space, name);
    }
    const look = () => space.api.get(pathOf("nodes", undefined, silent));
    await waitFor("the first taint goes", look, (node) => taintsOf(node).length === 0);
    const toleration = { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" };
    const pod = (name: string, tolerations: AnyObject) => ({
      metadata: { name },
      spec: template({ nodeName: silent, tolerations }).spec,
    });
    await space.create("pods", pod("brief", [{ ...toleration, tolerationSeconds: 1 }]));
    await space.create("pods", pod("faithful", [toleration]));
    await space.create("pods", pod("patient", undefined));
    for (const name of ["brief", "faithful", "patient"]) await space.setPhase(name, "Running");
    const unknown = await waitFor(
      "the node is Unknown",
      async () => {
        await postReady(space, well);
        return look();
      },
      (node) => taintsOf(node).length === 2,
      150_000,
    );
    expect(taintsOf(unknown)).toEqual(["unreachable:NoExecute", "unreachable:NoSchedule"]);
    expect(conditionsOf(unknown)).toEqual([
      "Ready=Unknown NodeStatusUnknown",
      "MemoryPressure=Unknown NodeStatusNeverUpdated",
      "DiskPressure=Unknown NodeStatusNeverUpdated",
      "PIDPressure=Unknown NodeStatusNeverUpdated",
    ]);
    const leaving = await space.until("pods", "brief", ({ metadata }) => metadata.deletionTimestamp);
    expect(conditionsOf(leaving).sort()).toEqual([
      "DisruptionTarget=True DeletionByTaintManager",
      "Ready=False undefined",
    ]);
    expect((await space.get("pods", "faithful")).metadata.deletionTimestamp).toBeUndefined();
    expect((await space.get("pods", "patient")).metadata.deletionTimestamp).toBeUndefined();
    await postReady(space, silent);
    await waitFor("the taints go", look, (node) => taintsOf(node).length === 0);
    await space.api.send("DELETE", pathOf("nodes", undefined, silent), {});
    await space.untilGone("pods", "brief");
    await space.untilGone("pods", "faithful");
  });
}

/** What becomes of objects whose owner, namespace or node goes. */
export function describeLifecycle(open: () => Bench): void {
  describe.concurrent("garbage collection", () => describeCollection(open));
  describe.concurrent("namespaces", () => describeNamespaces(open));
  describe.concurrent("nodes", () => describeNodes(open));
}
