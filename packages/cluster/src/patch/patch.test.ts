import { beforeAll, describe, expect, it } from "vitest";
import { loadSchemas, type Schemas } from "../openapi/schemas.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { applyMergePatch } from "./merge-patch.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

describe("JSON patch", () => {
  const document = { list: ["a", "b"], map: { "x/y": 1 } };

  it("adds, removes, replaces, moves, copies and tests", () => {
    const result = applyJsonPatch(document, [
      { op: "test", path: "/map/x~1y", value: 1 },
      { op: "add", path: "/list/-", value: "c" },
      { op: "remove", path: "/list/0" },
      { op: "replace", path: "/map/x~1y", value: 2 },
      { op: "copy", from: "/map", path: "/other" },
      { op: "move", from: "/list", path: "/moved" },
    ]);
    expect(result).toEqual({ map: { "x/y": 2 }, other: { "x/y": 2 }, moved: ["b", "c"] });
    expect(document.list).toEqual(["a", "b"]);
  });

  it.each([
    [{ op: "remove", path: "/none" }, 422],
    [{ op: "test", path: "/list/0", value: "z" }, 422],
    [{ op: "add", path: "/list/9", value: 1 }, 422],
    [{ op: "add", path: "list", value: 1 }, 400],
    [{ op: "explode", path: "/list" }, 400],
    [{ op: "add", path: "/__proto__/polluted", value: 1 }, 422],
  ])("refuses %j with %i", (operation, code) => {
    expect(() => applyJsonPatch(document, [operation])).toThrow(expect.objectContaining({ code }));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("merge patch", () => {
  it("merges maps, replaces lists, removes by null", () => {
    expect(applyMergePatch({ a: { b: 1, c: 2 }, l: [1] }, { a: { b: null, d: 3 }, l: [2] })).toEqual({
      a: { c: 2, d: 3 },
      l: [2],
    });
  });
});

describe("strategic merge patch", () => {
  let schemas: Schemas;
  beforeAll(async () => {
    schemas = await loadSchemas();
  });
  const patchPod = (document: unknown, patch: unknown) =>
    applyStrategicMergePatch(schemas, "io.k8s.api.core.v1.Pod", document, patch);

  it("merges lists by their merge key", () => {
    const document = {
      spec: {
        containers: [
          { name: "a", image: "1" },
          { name: "b", image: "1" },
        ],
      },
    };
    const result = patchPod(document, { spec: { containers: [{ name: "b", image: "2" }, { name: "c" }] } });
    expect(result.spec.containers).toEqual([
      { name: "a", image: "1" },
      { name: "b", image: "2" },
      { name: "c" },
    ]);
  });

  it("takes nothing of a value with a directive where there is nothing to apply it to", () => {
    const document = { spec: { containers: [{ name: "a" }] } };
    expect(patchPod(document, { spec: { nodeSelector: { $patch: "replace", y: "2" } } })).toEqual(document);
  });

  it("deletes and replaces by directive", () => {
    const document = { spec: { containers: [{ name: "a" }, { name: "b" }], nodeSelector: { x: "1" } } };
    const result = patchPod(document, {
      spec: { containers: [{ name: "a", $patch: "delete" }], nodeSelector: { $patch: "replace", y: "2" } },
    });
    expect(result.spec).toEqual({ containers: [{ name: "b" }], nodeSelector: { y: "2" } });
  });

  it("orders by $setElementOrder and keeps what the client does not know", () => {
    const document = { spec: { containers: [{ name: "injected" }, { name: "a" }, { name: "b" }] } };
    const result = patchPod(document, {
      spec: {
        "$setElementOrder/containers": [{ name: "b" }, { name: "a" }],
        containers: [{ name: "a", image: "2" }],
      },
    });
    expect(result.spec.containers.map(({ name }: { name: string }) => name)).toEqual(["injected", "b", "a"]);
  });

  it("treats lists of primitives with merge strategy as sets", () => {
    const document = { metadata: { finalizers: ["a", "b"] } };
    const result = patchPod(document, {
      metadata: { finalizers: ["c"], "$deleteFromPrimitiveList/finalizers": ["a"] },
    });
    expect(result.metadata.finalizers).toEqual(["b", "c"]);
  });

  it("keeps only the retained keys", () => {
    const document = { spec: { volumes: [{ name: "v", emptyDir: {} }] } };
    const result = patchPod(document, {
      spec: { volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }] },
    });
    expect(result.spec.volumes).toEqual([{ name: "v", hostPath: { path: "/x" } }]);
  });

  it("merges status conditions by type", () => {
    const document = { status: { conditions: [{ type: "Mine", status: "True" }] } };
    const result = patchPod(document, { status: { conditions: [{ type: "Ready", status: "True" }] } });
    expect(result.status.conditions).toHaveLength(2);
  });

  it("refuses entries without their merge key", () => {
    expect(() => patchPod({}, { spec: { containers: [{ image: "x" }] } })).toThrow("merge key: name");
  });
});
