import { describe, expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, conditionsOf, holds, namedPod, template } from "./bench.ts";
import { describePodScopes } from "./quota-scopes.ts";
import { createQuotas, selected, untilEnforced, untilUsed } from "./quota-steps.ts";
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
    await untilEnforced(space);
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
      await create("pods", namedPod("p")),
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
      await create("pods", namedPod("q")),
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
