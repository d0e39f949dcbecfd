import { describe, expect, it } from "vitest";
import { apiDefaults } from "./api-defaults.ts";
import { apiTypesText } from "./api-types.generated.ts";
import { type ApiField, apiType, type FieldType, findApiType } from "./api-types.ts";
import { nextVersionText } from "./next-version.ts";

const headsOf = (text: string) => text.split("\n").filter((line) => /^[A-Z]/.test(line));
const names = [...new Set(headsOf(apiTypesText + nextVersionText).map((head) => head.split(" ")[0] ?? ""))];

const scalarKinds =
  /^(string|int32|int64|boolean|quantity|intOrString|time|base64|any|enum|list|map|reference)$/;

function innermost(type: FieldType): FieldType {
  if (type.kind === "list") return innermost(type.element);
  return type.kind === "map" ? innermost(type.value) : type;
}

const fieldOf = (type: string, name: string): ApiField | undefined => apiType(type).fields.get(name);

describe("apiType", () => {
  it("reads every type, and every reference names one", () => {
    expect(names.length).toBeGreaterThan(140);
    for (const name of names) {
      for (const field of apiType(name).fields.values()) {
        const inner = innermost(field.type);
        expect(inner.kind, `${name}.${field.name}`).toMatch(scalarKinds);
        if (inner.kind === "reference") expect(findApiType(inner.type), inner.type).toBeDefined();
      }
    }
  });

  it("knows lists, maps, texts to choose from, required fields and the server's defaults", () => {
    expect(fieldOf("Container", "name")).toEqual({
      name: "name",
      required: true,
      type: { kind: "string" },
      default: undefined,
    });
    expect(fieldOf("ResourceRequirements", "limits")?.type).toEqual({
      kind: "map",
      value: { kind: "quantity" },
    });
    expect(fieldOf("PodSpec", "containers")?.type).toEqual({
      kind: "list",
      element: { kind: "reference", type: "Container" },
    });
    expect(fieldOf("HostPathVolumeSource", "type")?.type).toMatchObject({
      kind: "enum",
      values: expect.arrayContaining(["", "Socket"]),
    });
    expect(fieldOf("ContainerPort", "protocol")?.default).toBe("TCP");
  });

  it("knows which objects stand on their own, and leaves out their status", () => {
    expect(apiType("Deployment").apiVersion).toBe("apps/v1");
    expect(apiType("List").apiVersion).toBe("v1");
    expect(apiType("PodSpec").apiVersion).toBeUndefined();
    const ownKinds = names.filter((name) => apiType(name).apiVersion !== undefined);
    expect(ownKinds).toHaveLength(13);
    expect(ownKinds.filter((name) => apiType(name).fields.has("status"))).toEqual([]);
  });

  it("F2: joins what the next version adds to the types of this one", () => {
    expect(fieldOf("PodSpec", "evictionResponders")?.type).toMatchObject({ kind: "list" });
    expect(fieldOf("KeyToPath", "user")?.type.kind).toBe("int64");
    expect(fieldOf("KeyToPath", "key")?.required).toBe(true);
  });

  it("the next version adds only what this one lacks", () => {
    let type = "";
    for (const line of nextVersionText.split("\n")) {
      if (!line.startsWith(" ")) type = line;
      else
        expect(apiTypesText).not.toMatch(new RegExp(`\n${type}\n( .*\n)*? ${line.trim().split(" ")[0]}!? `));
    }
  });

  it("F3: every default belongs to a field that exists", () => {
    for (const [type, fields] of Object.entries(apiDefaults)) {
      for (const name of Object.keys(fields)) expect(fieldOf(type, name), `${type}.${name}`).toBeDefined();
    }
  });

  it("has no type by the name of a property that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"])
      expect(findApiType(name), name).toBeUndefined();
    expect(fieldOf("Container", "constructor")).toBeUndefined();
  });
});
