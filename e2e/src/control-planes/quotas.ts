import { describe, expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, conditionsOf, holds, type Space, template } from "./bench.ts";
import { expectRecordedAnswers } from "./recorded.ts";

function describeLimits(open: () => Bench): void {
  it("counts what a namespace uses, refuses what is beyond, and lets controllers say so", async () => {
    const space = await open().namespace();
    const hard = {
      pods: "2",
      "requests.cpu": "1",
      "limits.memory": "2Gi",
      "count/configmaps": "3",
      "count/jobs.batch": "1",
    };
    await space.create("resourcequotas", { metadata: { name: "q" }, spec: { hard } });
    const none = {
      pods: "0",
      "requests.cpu": "0",
      "limits.memory": "0",
      "count/configmaps": "1",
      "count/jobs.batch": "0",
    };
    const empty = await space.until(
      "resourcequotas",
      "q",
      ({ status }) => status.used?.["count/configmaps"] === "1",
    );
    expect(empty.status).toEqual({ hard, used: none });
    const pod = (name: string, cpu: string) => ({
      metadata: { name, labels: { app: "case" } },
      spec: template({
        containers: [
          { name: "c", image: "x", resources: { requests: { cpu }, limits: { memory: "512Mi" } } },
        ],
      }).spec,
    });
    await space.create("pods", pod("a", "600m"));
    await space.until("resourcequotas", "q", ({ status }) => status.used.pods === "1");
    const refused = [
      await space.api.call("POST", space.path("pods"), pod("b", "500m")),
      await space.api.call("POST", space.path("pods"), { metadata: { name: "c" }, spec: template().spec }),
    ];
    await space.create("pods", pod("d", "400m"));
    const used = { ...none, pods: "2", "requests.cpu": "1", "limits.memory": "1Gi" };
    const full = await space.until("resourcequotas", "q", ({ status }) => status.used.pods === "2");
    expect(full.status).toEqual({ hard, used });
    refused.push(await space.api.call("POST", space.path("pods"), pod("e", "0")));
    await expectRecordedAnswers(space, "quota-refusals", refused);
    await space.create("replicasets", {
      metadata: { name: "w" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "case" } },
        template: { metadata: { labels: { app: "case" } }, spec: pod("", "1m").spec },
      },
    });
    const set = await space.until("replicasets", "w", (object) => holds(object, "ReplicaFailure"));
    expect(conditionsOf(set)).toEqual(["ReplicaFailure=True FailedCreate"]);
    await space.setPhase("d", "Succeeded");
    await space.until("resourcequotas", "q", ({ status }) => status.used["requests.cpu"] !== "1");
  });
}

/** Creates quotas of so many pods (or claims), and waits until the cluster counts for them. */
async function createQuotas(space: Space, quotas: Readonly<Record<string, AnyObject>>): Promise<void> {
  for (const [name, spec] of Object.entries(quotas)) {
    await space.create("resourcequotas", { metadata: { name }, spec: { hard: { pods: "1" }, ...spec } });
    await space.until("resourcequotas", name, ({ status }) => status?.used !== undefined);
  }
}

function selected(scopeName: string, operator: string, values?: readonly string[]): AnyObject {
  return { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } };
}

/** Waits until the quotas, by name, count so many. */
async function untilUsed(space: Space, name: string, used: Readonly<Record<string, number>>): Promise<void> {
  for (const [quota, count] of Object.entries(used))
    await space.until("resourcequotas", quota, ({ status }) => status.used[name] === String(count));
}

function podOf(name: string, spec: AnyObject = {}): AnyObject {
  return { metadata: { name }, spec: template(spec).spec };
}

function describePodScopes(open: () => Bench): void {
  it("take in pods by how long they may run and what they ask for", async () => {
    const space = await open().namespace();
    await createQuotas(space, {
      brief: { scopes: ["Terminating"] },
      lasting: { scopes: ["NotTerminating"], hard: { pods: "2", "requests.cpu": "1" } },
      modest: { scopes: ["BestEffort"] },
      asking: selected("NotBestEffort", "Exists"),
      both: { scopes: ["Terminating"], ...selected("NotBestEffort", "Exists") },
    });
    const asking = (cpu: string) => ({
      containers: [{ name: "c", image: "x", resources: { requests: { cpu } } }],
    });
    const create = (pod: AnyObject) => space.api.call("POST", space.path("pods"), pod);
    const first = await create(podOf("brief", { activeDeadlineSeconds: 60 }));
    expect(first.code).toBe(201);
    await untilUsed(space, "pods", { brief: 1, lasting: 0, modest: 1, asking: 0, both: 0 });
    const answers = [
      await create(podOf("brief-2", { activeDeadlineSeconds: 60, ...asking("1m") })),
      await create(podOf("silent")),
      await create(podOf("big", asking("2"))),
    ];
    const second = await create(podOf("asks", asking("600m")));
    expect(second.code).toBe(201);
    await untilUsed(space, "pods", { brief: 1, lasting: 1, modest: 1, asking: 1, both: 0 });
    answers.push(
      await create(podOf("asks-2", asking("100m"))),
      await space.api.call(
        "PATCH",
        space.path("pods", "asks"),
        { spec: { activeDeadlineSeconds: 60 } },
        { contentType: "application/merge-patch+json" },
      ),
    );
    await expectRecordedAnswers(space, "quota-scope-refusals", answers);
    await space.finishDeletion("brief");
    await untilUsed(space, "pods", { brief: 0, modest: 0 });
    await space.patch("pods", "asks", { spec: { activeDeadlineSeconds: 60 } });
    await untilUsed(space, "pods", { brief: 1, lasting: 0, asking: 1, both: 1 });
  });

  it("take in pods by their priority class and by looking into other namespaces", async () => {
    const space = await open().namespace();
    const [high, low] = [`${space.name}-high`, `${space.name}-low`];
    for (const name of [high, low])
      await space.api.post(pathOf("priorityclasses"), { metadata: { name }, value: 1 });
    const hard = { pods: "5" };
    await createQuotas(space, {
      "one-of": { hard, ...selected("PriorityClass", "In", [high, "other"]) },
      "none-of": { hard, ...selected("PriorityClass", "NotIn", [high]) },
      any: { hard, ...selected("PriorityClass", "Exists") },
      none: { hard, ...selected("PriorityClass", "DoesNotExist") },
      classes: { hard, scopes: ["PriorityClass"] },
      across: { hard, scopes: ["CrossNamespacePodAffinity"] },
    });
    const term = (more: AnyObject) => ({
      labelSelector: {},
      topologyKey: "kubernetes.io/hostname",
      ...more,
    });
    const near = (more: AnyObject) => ({
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } },
    });
    const far = (more: AnyObject) => ({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(more) }],
        },
      },
    });
    for (const pod of [
      podOf("high", { priorityClassName: high }),
      podOf("low", { priorityClassName: low }),
      podOf("plain"),
      podOf("near-own", near({})),
      podOf("near-named", near({ namespaces: ["default"] })),
      podOf("far-selected", far({ namespaceSelector: {} })),
    ])
      await space.create("pods", pod);
    await untilUsed(space, "pods", {
      "one-of": 1,
      "none-of": 5,
      any: 2,
      none: 4,
      classes: 2,
      across: 2,
    });
    const refused = [
      await space.api.call("POST", space.path("pods"), podOf("more-1")),
      await space.api.call("POST", space.path("pods"), podOf("more-2", { priorityClassName: high })),
    ];
    expect(refused.map(({ code }) => code)).toEqual([403, 201]);
    for (const name of [high, low])
      await space.api.send("DELETE", pathOf("priorityclasses", undefined, name), {});
  });
}

function describeOtherKinds(open: () => Bench): void {
  it("count claims by storage and class, services by their ports, and pods that have ended", async () => {
    const space = await open().namespace();
    const fast = `${space.name}-fast.storageclass.storage.k8s.io`;
    const hard = {
      "requests.storage": "3Gi",
      persistentvolumeclaims: "5",
      [`${fast}/requests.storage`]: "1Gi",
      [`${fast}/persistentvolumeclaims`]: "2",
      "services.nodeports": "2",
      "services.loadbalancers": "1",
      "count/pods": "1",
      pods: "5",
    };
    await createQuotas(space, {
      all: { hard },
      gold: { hard: { persistentvolumeclaims: "2" }, ...selected("VolumeAttributesClass", "In", ["gold"]) },
    });
    const claim = (name: string, storage: string, more: AnyObject = {}) => ({
      metadata: { name },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } }, ...more },
    });
    const ports = (...numbers: number[]) => numbers.map((port) => ({ name: `p${port}`, port }));
    const service = (name: string, spec: AnyObject) => ({ metadata: { name }, spec });
    const create = (resource: string, object: AnyObject) =>
      space.api.call("POST", space.path(resource), object);
    const allowed = [
      await create("persistentvolumeclaims", claim("a", "1Gi", { storageClassName: `${space.name}-fast` })),
      await create("persistentvolumeclaims", claim("b", "512Mi", { volumeAttributesClassName: "gold" })),
      await create("services", service("s", { ports: ports(80), selector: { app: "case" } })),
      await create("services", service("n", { type: "NodePort", ports: ports(80) })),
      await create("pods", podOf("p")),
    ];
    expect(allowed.map(({ code }) => code)).toEqual([201, 201, 201, 201, 201]);
    const full = await space.until(
      "resourcequotas",
      "all",
      ({ status }) => status.used["requests.storage"] === "1536Mi" && status.used.pods === "1",
    );
    expect(full.status.used).toEqual({
      "requests.storage": "1536Mi",
      persistentvolumeclaims: "2",
      [`${fast}/requests.storage`]: "1Gi",
      [`${fast}/persistentvolumeclaims`]: "1",
      "services.nodeports": "1",
      "services.loadbalancers": "0",
      "count/pods": "1",
      pods: "1",
    });
    await untilUsed(space, "persistentvolumeclaims", { gold: 1 });
    await space.setPhase("p", "Succeeded");
    await untilUsed(space, "pods", { all: 0 });
    const refused = [
      await create("persistentvolumeclaims", claim("c", "1", { storageClassName: `${space.name}-fast` })),
      await create("persistentvolumeclaims", claim("d", "2Gi")),
      await create("services", service("m", { type: "NodePort", ports: ports(80, 81) })),
      await create("pods", podOf("q")),
      await space.api.call(
        "PATCH",
        space.path("services", "s"),
        { spec: { type: "LoadBalancer", ports: ports(80, 81) } },
        { contentType: "application/merge-patch+json" },
      ),
    ];
    await expectRecordedAnswers(space, "quota-kind-refusals", refused);
  });

  it("have to make sense", async () => {
    const space = await open().namespace();
    const quota = (spec: AnyObject) => ({ metadata: { name: "q" }, spec });
    const specs = [
      ...["foo", "storage", "a/b/c", "/a", "a?/b"].map((name) => ({ hard: { [name]: "1" } })),
      ...[
        ["pods", "1500m"],
        ["pods", "-1"],
        ["count/x", "1500m"],
        ["requests.example.com/x", "1500m"],
        ["requests.hugepages-2Mi", "1"],
      ].map(([name = "", amount]) => ({ hard: { [name]: amount } })),
      { hard: { pods: "1" }, scopes: ["Odd"] },
      { hard: { pods: "1", secrets: "1" }, scopes: ["Terminating", "NotTerminating"] },
      { hard: { pods: "1", cpu: "1" }, scopes: ["BestEffort"] },
      { hard: { pods: "1" }, scopes: ["VolumeAttributesClass"] },
      {
        hard: { cpu: "1", secrets: "1" },
        scopeSelector: {
          matchExpressions: [
            { scopeName: "Odd", operator: "Exists" },
            { scopeName: "PriorityClass", operator: "In" },
            { scopeName: "PriorityClass", operator: "Exists", values: ["a"] },
            { scopeName: "Terminating", operator: "In", values: ["a"] },
            { scopeName: "NotTerminating", operator: "Odd" },
          ],
        },
      },
      { hard: { pods: "1" }, scopeSelector: { matchExpressions: [{}] } },
    ];
    const answers = [];
    for (const spec of specs)
      answers.push(await space.api.call("POST", `${space.path("resourcequotas")}?dryRun=All`, quota(spec)));
    await space.create("resourcequotas", quota({ hard: { pods: "1" }, scopes: ["Terminating"] }));
    answers.push(
      await space.api.call("PUT", space.path("resourcequotas", "q"), quota({ hard: { pods: "1" } })),
    );
    await expectRecordedAnswers(space, "quota-causes", answers);
  });
}

/** What namespaces are limited to. */
export function describeQuotas(open: () => Bench): void {
  describe.concurrent("quotas", () => {
    describeLimits(open);
    describeOtherKinds(open);
  });
  describe.concurrent("scopes of quotas", () => describePodScopes(open));
}
