import { describe, expect, it } from "vitest";
import type { Json, KubeObject } from "../api/objects.ts";
import { loadSchemas } from "../openapi/schemas.ts";
import { Registry } from "../registry/registry.ts";
import { ResourceTypes } from "../resources/resource-types.ts";
import { Store } from "../store/store.ts";
import { ManualClock } from "../testdata/fixture.ts";
import { FieldOwnership } from "./field-ownership.ts";
import { fromFieldsV1, pathText } from "./field-set.ts";

const schemas = await loadSchemas();

function setUp() {
  const clock = new ManualClock();
  const registry = new Registry(new Store(), new ResourceTypes(), clock, {
    taintNewNodes: false,
    ownership: new FieldOwnership(schemas),
  });
  const maps = registry.types.require("", "configmaps");
  const namespaces = registry.types.require("", "namespaces");
  registry.create(namespaces, undefined, { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
  const map = (data: Json): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m", namespace: "n" },
    data,
  });
  return {
    clock,
    registry,
    maps,
    map,
    create: (data: Json, manager: string) => registry.create(maps, "n", map(data), { manager }),
    set: (data: Json, manager: string) =>
      registry.mutate(maps, "n", "m", (object) => ({ ...object, data: { ...object["data"], ...data } }), {
        manager,
      }),
    apply: (data: Json, manager: string, force = false) =>
      registry.apply(maps, "n", "m", map(data), { manager, force }),
  };
}

function ownersOf({ metadata }: KubeObject): Record<string, string[]> {
  return Object.fromEntries(
    (metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [
      manager,
      [...fromFieldsV1(fieldsV1).paths()].map(pathText),
    ]),
  );
}

describe("ownership", () => {
  it("is not written before the first apply, and is known all the same", () => {
    const { create, set, apply } = setUp();
    create({ a: "1" }, "creator");
    // More writers in turn than the journal keeps apart.
    for (let round = 0; round < 6; round += 1) set({ b: String(round) }, `writer-${round % 2}`);
    const before = set({ c: "1" }, "last");
    expect(before.metadata.managedFields).toBeUndefined();
    const after = apply({ d: "1" }, "applier");
    expect(ownersOf(after)).toEqual({
      applier: [".data.d"],
      creator: [".data", ".data.a"],
      "writer-1": [".data.b"],
      last: [".data.c"],
    });
  });

  it("survives the wait of an object for its end", () => {
    const { registry, maps, map, apply } = setUp();
    const held = map({ a: "1" });
    held.metadata.finalizers = ["example.com/hold"];
    registry.create(maps, "n", held, { manager: "creator" });
    registry.delete(maps, "n", "m");
    expect(() => apply({ a: "2" }, "applier")).toThrow(
      'Apply failed with 1 conflict: conflict with "creator" using v1: .data.a',
    );
  });

  it("merges the oldest of too many writers into one", async () => {
    const { apply, set, clock } = setUp();
    let object = apply({ a: "1" }, "applier");
    for (let writer = 0; writer < 12; writer += 1) {
      await clock.advance(1_000);
      object = set({ [`k${writer}`]: "1" }, `writer-${writer}`);
    }
    const owners = ownersOf(object);
    expect(Object.keys(owners)).toEqual([
      "applier",
      "ancient-changes",
      ...Array.from({ length: 9 }, (_, index) => `writer-${index + 3}`),
    ]);
    expect(owners["ancient-changes"]).toEqual([".data.k0", ".data.k1", ".data.k2"]);
  });
});

it("a set of fields reads as it was written", () => {
  const fields = {
    "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
    "f:spec": { "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {} } } },
  };
  const set = fromFieldsV1(fields);
  expect(set.toFieldsV1()).toEqual(fields);
  expect([...set.paths()].map(pathText)).toEqual([
    ".metadata.labels",
    ".metadata.labels.app",
    '.spec.containers[name="c"]',
    '.spec.containers[name="c"].image',
  ]);
});
