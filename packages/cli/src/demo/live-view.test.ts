import { describe, expect, it } from "vitest";
import { describeChanges, renderView, type View } from "./live-view.ts";
import type { PodSummary } from "./summaries.ts";

function pod(name: string, rest: Partial<PodSummary> = {}): PodSummary {
  return {
    namespace: "default",
    name,
    node: "vk-local",
    ready: "1/1",
    status: "Running",
    restarts: 0,
    ...rest,
  };
}

const ready = { name: "vk-local", ready: true, reason: "" };
const node = { name: "vk-local", backend: "processes", state: ready };
const wide = { columns: 120, rows: 40 };

describe("renderView", () => {
  it("shows nodes with their number of pods, then pods by node and name, then notes", () => {
    const view: View = {
      nodes: [node, { name: "vk-batch", backend: "emulated", state: undefined }],
      pods: [
        pod("web-2"),
        pod("web-1", { restarts: 2 }),
        pod("hello", { namespace: "other", node: "", ready: "0/1", status: "Pending" }),
      ],
      notes: ["a warning"],
    };
    expect(renderView(view, wide)).toEqual([
      "NODE       STATUS     PODS   BACKEND",
      "vk-local   Ready      2      processes",
      "vk-batch   starting   0      emulated",
      "",
      "POD           NODE       READY   STATUS    RESTARTS",
      "other/hello   -          0/1     Pending   0",
      "web-1         vk-local   1/1     Running   2",
      "web-2         vk-local   1/1     Running   0",
      "a warning",
    ]);
  });

  it("leaves the terminal a line, and counts the pods that find no room", () => {
    const pods = Array.from({ length: 50 }, (_, index) => pod(`p${String(index).padStart(2, "0")}`));
    const lines = renderView({ nodes: [node], pods, notes: ["note"] }, { columns: 120, rows: 12 });
    expect(lines).toHaveLength(11);
    expect(lines.at(-2)).toBe("… and 45 more pods");
    expect(lines.at(-1)).toBe("note");
    expect(lines.filter((line) => line.startsWith("p"))).toHaveLength(5);
  });

  it("cuts what is wider than the terminal, so that no line breaks", () => {
    const lines = renderView(
      { nodes: [node], pods: [pod("x".repeat(200))], notes: [] },
      { columns: 30, rows: 20 },
    );
    expect(Math.max(...lines.map((line) => line.length))).toBe(30);
    expect(lines.at(-1)?.endsWith("…")).toBe(true);
  });
});

describe("describeChanges", () => {
  const empty: View = { nodes: [], pods: [], notes: [] };

  it("says nothing of what has not changed", () => {
    const view: View = { nodes: [node], pods: [pod("a")], notes: [] };
    expect(describeChanges(view, { ...view, pods: [pod("a")] })).toEqual([]);
  });

  it("has a line for every new, changed and gone thing", () => {
    const first: View = { nodes: [node], pods: [pod("a"), pod("b")], notes: [] };
    expect(describeChanges(empty, first)).toEqual([
      "node vk-local: Ready",
      "pod a: on vk-local, Running, ready 1/1",
      "pod b: on vk-local, Running, ready 1/1",
    ]);
    const ill = { ...node, state: { name: "vk-local", ready: false, reason: "Ill" } };
    const second: View = { nodes: [ill], pods: [pod("a", { ready: "0/1", restarts: 1 })], notes: [] };
    expect(describeChanges(first, second)).toEqual([
      "node vk-local: NotReady (Ill)",
      "pod a: on vk-local, Running, ready 0/1, restarts 1",
      "pod b: gone",
    ]);
  });
});
