import { describe, expect, it } from "vitest";
import { bindPod } from "../pods/binding.ts";
import { evictPod } from "../pods/eviction.ts";
import { createFixture, pod, template } from "../testdata/fixture.ts";

describe("creating", () => {
  it("completes a pod as the API server does", () => {
    const { registry, type } = createFixture();
    const created = registry.create(
      type("pods"),
      "default",
      pod("a", { containers: [{ name: "c", image: "nginx", resources: { limits: { cpu: "1" } } }] }),
    );
    expect(created.status).toEqual({ phase: "Pending", qosClass: "Burstable" });
    expect(created.metadata).toMatchObject({ generation: 1, creationTimestamp: "2026-01-01T00:00:00Z" });
    expect(created.spec).toMatchObject({
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      terminationGracePeriodSeconds: 30,
      serviceAccountName: "default",
      schedulerName: "default-scheduler",
      enableServiceLinks: true,
      priority: 0,
      containers: [
        { imagePullPolicy: "Always", resources: { requests: { cpu: "1" }, limits: { cpu: "1" } } },
      ],
    });
    expect(created.spec.tolerations.map(({ key }: { key: string }) => key)).toEqual([
      "node.kubernetes.io/not-ready",
      "node.kubernetes.io/unreachable",
    ]);
    const [volume] = created.spec.volumes;
    expect(volume.name).toMatch(/^kube-api-access-/);
    expect(created.spec.containers[0].volumeMounts[0].name).toBe(volume.name);
  });

  it("mounts no token when the pod does not want one", () => {
    const { registry, type } = createFixture();
    const created = registry.create(
      type("pods"),
      "default",
      pod("a", { automountServiceAccountToken: false }),
    );
    expect(created.spec.volumes).toBeUndefined();
  });

  it.each([
    ["Guaranteed", { limits: { cpu: "1", memory: "1Gi" } }],
    ["Burstable", { requests: { cpu: "1" } }],
    ["BestEffort", {}],
  ])("writes the QoS class %s", (expected, resources) => {
    const { registry, type } = createFixture();
    const created = registry.create(
      type("pods"),
      "default",
      pod("a", { containers: [{ name: "c", image: "x", resources }] }),
    );
    expect(created.status.qosClass).toBe(expected);
  });

  it("names every invalid field of a pod at once", () => {
    const { registry, type } = createFixture();
    const bad = pod("Q_", {
      containers: [{ name: "c" }, { name: "c", image: "x", volumeMounts: [{ name: "no", mountPath: "/x" }] }],
    });
    expect(() => registry.create(type("pods"), "default", bad)).toThrow(
      expect.objectContaining({
        code: 422,
        details: expect.objectContaining({
          causes: expect.arrayContaining(
            [
              "metadata.name",
              "spec.containers[0].image",
              "spec.containers[1].name",
              "spec.containers[1].volumeMounts[0].name",
            ].map((field) => expect.objectContaining({ field })),
          ),
        }),
      }),
    );
  });

  it("refuses duplicates, missing namespaces and namespaces that are ending", () => {
    const { registry, type } = createFixture();
    registry.create(type("pods"), "default", pod("a"));
    expect(() => registry.create(type("pods"), "default", pod("a"))).toThrow('pods "a" already exists');
    expect(() => registry.create(type("pods"), "none", pod("a"))).toThrow('namespaces "none" not found');
    registry.delete(type("namespaces"), undefined, "kube-public");
    expect(() => registry.create(type("pods"), "kube-public", pod("a"))).toThrow(
      "because it is being terminated",
    );
  });

  it("allocates cluster IPs without repetition", () => {
    const { registry, type } = createFixture();
    const ips = ["a", "b"].map(
      (name) =>
        registry.create(type("services"), "default", {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name },
          spec: { ports: [{ port: 80 }] },
        }).spec.clusterIP,
    );
    expect(ips).toEqual(["10.96.0.10", "10.96.0.11"]);
  });

  it("selects a Job's pods by its uid", () => {
    const { registry, type } = createFixture();
    const job = registry.create(type("jobs.batch"), "default", {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "j" },
      spec: { template: { spec: { ...template.spec, restartPolicy: "Never" } } },
    });
    expect(job.spec).toMatchObject({
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
      completionMode: "NonIndexed",
    });
    expect(job.spec.selector.matchLabels).toEqual({ "batch.kubernetes.io/controller-uid": job.metadata.uid });
    expect(job.spec.template.metadata.labels["batch.kubernetes.io/job-name"]).toBe("j");
  });

  it("stores nothing in a dry run", () => {
    const { registry, type, store } = createFixture();
    const before = store.revision;
    expect(registry.create(type("pods"), "default", pod("a"), { dryRun: true }).metadata.uid).toBeDefined();
    expect([store.revision, store.list(type("pods"))]).toEqual([before, []]);
  });
});

describe("updating", () => {
  it("refuses a stale version and another pod's uid", () => {
    const { registry, type } = createFixture();
    const created = registry.create(type("pods"), "default", pod("a"));
    const stale = { ...created, metadata: { ...created.metadata, resourceVersion: "1" } };
    expect(() => registry.update(type("pods"), "default", "a", stale)).toThrow(
      "the object has been modified",
    );
    const other = { ...created, metadata: { ...created.metadata, uid: "x" } };
    expect(() => registry.update(type("pods"), "default", "a", other)).toThrow(
      "Precondition failed: UID in precondition: x",
    );
  });

  it("writes the status apart from the spec, and counts generations of the spec alone", () => {
    const { registry, type } = createFixture();
    const deployments = type("deployments.apps");
    registry.create(deployments, "default", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d" },
      spec: { selector: { matchLabels: { app: "web" } }, template },
    });
    const status = registry.mutate(
      deployments,
      "default",
      "d",
      (object) => ({ ...object, spec: {}, status: { replicas: 3 } }),
      { subresource: "status" },
    );
    expect([status.spec.replicas, status.status.replicas, status.metadata.generation]).toEqual([1, 3, 1]);
    const spec = registry.mutate(deployments, "default", "d", (object) => ({
      ...object,
      spec: { ...object.spec, replicas: 2 },
      status: {},
    }));
    expect([spec.spec.replicas, spec.status.replicas, spec.metadata.generation]).toEqual([2, 3, 2]);
  });

  it("writes nothing when nothing changes", () => {
    const { registry, type, store } = createFixture();
    registry.create(type("pods"), "default", pod("a"));
    const before = store.revision;
    registry.mutate(type("pods"), "default", "a", () => undefined);
    expect(store.revision).toBe(before);
  });

  it("keeps a pod's spec but for its images, deadline and tolerations", () => {
    const { registry, type } = createFixture();
    registry.create(type("pods"), "default", pod("a"));
    const change = (spec: object) =>
      registry.mutate(type("pods"), "default", "a", (object) => ({
        ...object,
        spec: { ...object.spec, ...spec },
      }));
    expect(() => change({ nodeName: "n" })).toThrow("pod updates may not change fields other than");
    expect(change({ activeDeadlineSeconds: 5 }).spec.activeDeadlineSeconds).toBe(5);
  });

  it("adds ephemeral containers without touching the rest", () => {
    const { registry, type } = createFixture();
    registry.create(type("pods"), "default", pod("a"));
    const result = registry.mutate(
      type("pods"),
      "default",
      "a",
      (object) => ({
        ...object,
        spec: { containers: [], ephemeralContainers: [{ name: "debug", image: "busybox" }] },
      }),
      { subresource: "ephemeralcontainers" },
    );
    expect(result.spec.ephemeralContainers[0]).toMatchObject({ name: "debug", imagePullPolicy: "Always" });
    expect(result.spec.containers).toHaveLength(1);
  });
});

describe("deleting", () => {
  function boundPod() {
    const fixture = createFixture();
    fixture.registry.create(fixture.type("pods"), "default", pod("a"));
    bindPod(fixture.registry, "default", "a", { target: { kind: "Node", name: "n1" } });
    return fixture;
  }

  it("removes a pod that no node has at once", () => {
    const { registry, type, store } = createFixture();
    registry.create(type("pods"), "default", pod("a"));
    expect(registry.delete(type("pods"), "default", "a").removed).toBe(true);
    expect(store.get(type("pods"), "default", "a")).toBeUndefined();
  });

  it("gives a bound pod its grace; a second deletion may only shorten it; zero ends it", () => {
    const { registry, type, store } = boundPod();
    const first = registry.delete(type("pods"), "default", "a").object;
    expect(first.metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:30Z",
      deletionGracePeriodSeconds: 30,
    });
    expect(registry.delete(type("pods"), "default", "a", { gracePeriodSeconds: 60 }).unchanged).toBe(true);
    const shorter = registry.delete(type("pods"), "default", "a", { gracePeriodSeconds: 5 }).object;
    expect(shorter.metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:05Z",
      deletionGracePeriodSeconds: 5,
    });
    registry.delete(type("pods"), "default", "a", { gracePeriodSeconds: 0 });
    expect(store.get(type("pods"), "default", "a")).toBeUndefined();
  });

  it("checks the uid precondition", () => {
    const { registry, type } = boundPod();
    expect(() => registry.delete(type("pods"), "default", "a", { preconditions: { uid: "x" } })).toThrow(
      "the UID in the precondition (x) does not match the UID in record",
    );
  });

  it("waits for finalizers", () => {
    const { registry, type, store } = createFixture();
    const maps = type("configmaps");
    registry.create(maps, "default", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m", finalizers: ["x/y"] },
    });
    expect(registry.delete(maps, "default", "m").removed).toBe(false);
    registry.mutate(maps, "default", "m", (object) => {
      object.metadata.finalizers = [];
      return object;
    });
    expect(store.get(maps, "default", "m")).toBeUndefined();
  });

  it("lets a disruption budget forbid an eviction with 429", () => {
    const { registry, type } = createFixture();
    const labelled = pod("a");
    labelled.metadata.labels = { app: "web" };
    registry.create(type("pods"), "default", labelled);
    registry.mutate(
      type("pods"),
      "default",
      "a",
      (object) => ({
        ...object,
        status: { ...object.status, phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
      }),
      { subresource: "status" },
    );
    registry.create(type("poddisruptionbudgets.policy"), "default", {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "b" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
    });
    expect(() => evictPod(registry, "default", "a", {})).toThrow(
      expect.objectContaining({
        code: 429,
        details: expect.objectContaining({
          causes: [
            {
              reason: "DisruptionBudget",
              message: "The disruption budget b is still being processed by the server.",
            },
          ],
        }),
      }),
    );
    registry.delete(type("poddisruptionbudgets.policy"), "default", "b");
    evictPod(registry, "default", "a", {});
    expect(registry.store.get(type("pods"), "default", "a")).toBeUndefined();
  });

  it("binds a pod once", () => {
    const { registry } = boundPod();
    expect(() => bindPod(registry, "default", "a", { target: { kind: "Node", name: "n2" } })).toThrow(
      'is already assigned to node "n1"',
    );
  });
});
