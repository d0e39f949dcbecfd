import { expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, namedPod } from "./bench.ts";
import { createQuotas, selected, untilUsed } from "./quota-steps.ts";
import { expectRecordedAnswers } from "./recorded.ts";

/** Which pods the scopes of a quota take in. */
export function describePodScopes(open: () => Bench): void {
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
    const first = await create(namedPod("brief", { activeDeadlineSeconds: 60 }));
    expect(first.code).toBe(201);
    await untilUsed(space, "pods", { brief: 1, lasting: 0, modest: 1, asking: 0, both: 0 });
    const answers = [
      await create(namedPod("brief-2", { activeDeadlineSeconds: 60, ...asking("1m") })),
      await create(namedPod("silent")),
      await create(namedPod("big", asking("2"))),
    ];
    const second = await create(namedPod("asks", asking("600m")));
    expect(second.code).toBe(201);
    await untilUsed(space, "pods", { brief: 1, lasting: 1, modest: 1, asking: 1, both: 0 });
    answers.push(
      await create(namedPod("asks-2", asking("100m"))),
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
      namedPod("high", { priorityClassName: high }),
      namedPod("low", { priorityClassName: low }),
      namedPod("plain"),
      namedPod("near-own", near({})),
      namedPod("near-named", near({ namespaces: ["default"] })),
      namedPod("far-selected", far({ namespaceSelector: {} })),
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
      await space.api.call("POST", space.path("pods"), namedPod("more-1")),
      await space.api.call("POST", space.path("pods"), namedPod("more-2", { priorityClassName: high })),
    ];
    expect(refused.map(({ code }) => code)).toEqual([403, 201]);
    for (const name of [high, low])
      await space.api.send("DELETE", pathOf("priorityclasses", undefined, name), {});
  });
}
