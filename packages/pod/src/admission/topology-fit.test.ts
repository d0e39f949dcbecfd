import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import type { NodeForAdmission } from "./scheduling-fields.ts";
import { topologyFit } from "./topology-fit.ts";

const host = "kubernetes.io/hostname";
const node: NodeForAdmission = { metadata: { name: "n", labels: { [host]: "n", zone: "a" } } };
const app = (value: string) => ({ matchLabels: { app: value } });

function podOf(labels: Record<string, string>, fields: object = {}, namespace = "ns"): Pod {
  return { metadata: { namespace, labels }, spec: { containers: [], ...fields } };
}

const near = (...terms: object[]) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const far = (...terms: object[]) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const spread = (topologyKey: string, whenUnsatisfiable = "DoNotSchedule") => ({
  topologySpreadConstraints: [{ topologyKey, whenUnsatisfiable, maxSkew: 1, labelSelector: app("web") }],
});

describe("topologyFit", () => {
  it("Y2: a pod without such wishes fits", () => {
    expect(topologyFit(podOf({}), node, [podOf({})])).toEqual({ verdict: "fits" });
  });

  it("Y2: affinity to a topology that the node has no label of can never hold", () => {
    const pod = podOf({}, near({ topologyKey: "rack", labelSelector: app("db") }));
    expect(topologyFit(pod, node, [podOf({ app: "db" })])).toEqual({
      verdict: "unfit",
      reason: "node(s) didn't match pod affinity rules",
    });
  });

  it("Y2: affinity holds with such a pod here; elsewhere in the topology is not known", () => {
    const pod = podOf({}, near({ topologyKey: "zone", labelSelector: app("db") }));
    expect(topologyFit(pod, node, [podOf({ app: "db" })]).verdict).toBe("fits");
    expect(topologyFit(pod, node, []).verdict).toBe("unknown");
  });

  it("Y2: where the topology is the node alone, nobody here means nobody, but for the first of its kind", () => {
    const wish = near({ topologyKey: host, labelSelector: app("db") });
    expect(topologyFit(podOf({}, wish), node, []).verdict).toBe("unfit");
    expect(topologyFit(podOf({ app: "db" }, wish), node, []).verdict).toBe("unknown");
  });

  it("Y2: one pod must meet all terms of an affinity", () => {
    const terms = [
      { topologyKey: host, labelSelector: app("db") },
      { topologyKey: host, labelSelector: { matchLabels: { tier: "x" } } },
    ];
    const pod = podOf({}, near(...terms));
    expect(topologyFit(pod, node, [podOf({ app: "db" }), podOf({ tier: "x" })]).verdict).toBe("unfit");
    expect(topologyFit(pod, node, [podOf({ app: "db", tier: "x" })]).verdict).toBe("fits");
  });

  it("Y2: anti-affinity fails with such a pod here, and holds where the node has no label of the topology", () => {
    const wish = (topologyKey: string) => podOf({}, far({ topologyKey, labelSelector: app("web") }));
    const web = podOf({ app: "web" });
    expect(topologyFit(wish("zone"), node, [web])).toEqual({
      verdict: "unfit",
      reason: "node(s) didn't match pod anti-affinity rules",
    });
    expect(topologyFit(wish("rack"), node, [web]).verdict).toBe("fits");
    expect(topologyFit(wish(host), node, []).verdict).toBe("fits");
    expect(topologyFit(wish("zone"), node, []).verdict).toBe("unknown");
  });

  it("Y2: the anti-affinity of a pod here holds against the new one", () => {
    const lonely = podOf({}, far({ topologyKey: host, labelSelector: app("web") }));
    expect(topologyFit(podOf({ app: "web" }), node, [lonely])).toEqual({
      verdict: "unfit",
      reason: "node(s) didn't satisfy existing pods anti-affinity rules",
    });
    expect(topologyFit(podOf({ app: "db" }), node, [lonely]).verdict).toBe("fits");
  });

  it("Y2: a term means the pod's own namespace, those it names, or all; labels of namespaces are not known", () => {
    const wish = (more: object) => podOf({}, far({ topologyKey: host, labelSelector: app("web"), ...more }));
    const elsewhere = podOf({ app: "web" }, {}, "other");
    const verdict = (more: object) => topologyFit(wish(more), node, [elsewhere]).verdict;
    expect(verdict({})).toBe("fits");
    expect(verdict({ namespaces: ["other"] })).toBe("unfit");
    expect(verdict({ namespaceSelector: {} })).toBe("unfit");
    expect(verdict({ namespaceSelector: { matchLabels: { a: "b" } } })).toBe("unknown");
  });

  it("Y2: spreading needs the label; by node it holds as long as the skew cannot be too great", () => {
    const pod = (key: string, when?: string) => podOf({ app: "web" }, spread(key, when));
    expect(topologyFit(pod("rack"), node, [])).toEqual({
      verdict: "unfit",
      reason: "node(s) didn't match pod topology spread constraints (missing required label)",
    });
    expect(topologyFit(pod("rack", "ScheduleAnyway"), node, []).verdict).toBe("fits");
    expect(topologyFit(pod(host), node, []).verdict).toBe("fits");
    expect(topologyFit(pod(host), node, [podOf({ app: "web" })]).verdict).toBe("unknown");
    expect(topologyFit(pod("zone"), node, []).verdict).toBe("unknown");
    const leaving: Pod = {
      ...podOf({ app: "web" }),
      metadata: { namespace: "ns", labels: { app: "web" }, deletionTimestamp: "2026-11-01T00:00:00Z" },
    };
    expect(topologyFit(pod(host), node, [leaving]).verdict).toBe("fits");
  });
});
