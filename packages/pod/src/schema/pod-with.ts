import { type Pod, ProviderError } from "@vkubelet/core";
import { type PathStep, parsePath } from "../audit/field-path.ts";
import { type ApiField, apiType, type FieldType } from "./api-types.ts";
import {
  alwaysThere,
  type Neighbours,
  neighbours,
  rivals,
  sidecarFields,
  specNeighbours,
  unions,
} from "./sample-neighbours.ts";
import { sampleKeys, sampleValues, sampleValuesByPath } from "./sample-values.ts";

type Json = Readonly<Record<string, unknown>>;

/** The pod that {@link podWith} starts from when it is given none. */
const smallestPod: Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "sample", namespace: "default" },
  spec: { containers: [{ name: "main", image: "registry.example/app:1" }] },
};

/**
 * `base` with a value at `path`, one of `schemaPaths()`, that is no default of the API where there is any other.
 * What the API server asks for along with it stands there, too: required fields, one member of a union (which replaces
 * the member that `base` has), the volume that a mount names. Containers that `base` has are changed, elements of other
 * lists are added behind those it has. Names of other objects (`sample`) are not looked up anywhere.
 * Throws `Internal` for a path that the schema does not know.
 */
export function podWith(path: string, base: Pod = smallestPod): Pod {
  const [root, ...steps] = parsePath(path);
  if (root?.type !== "name" || root.name !== "spec" || steps.length === 0) throw unknownPath(path);
  const sample = new Sample(path, steps, base.spec?.containers[0]?.name ?? "sample");
  const spec = sample.object("PodSpec", { ...base.spec }, 0, "spec");
  return { ...base, spec: withSpecNeighbours(spec, path) as unknown as NonNullable<Pod["spec"]> };
}

class Sample {
  readonly #path: string;
  readonly #steps: readonly PathStep[];
  /** What `containerName` of a reference says. */
  readonly #container: string;

  constructor(path: string, steps: readonly PathStep[], container: string) {
    this.#path = path;
    this.#steps = steps;
    this.#container = container;
  }

  /** `base` with the field that the step at `index` names; the smallest such object where the path ends. */
  object(typeName: string, base: Json, index: number, at: string): Json {
    const { fields } = apiType(typeName);
    const step = this.#steps[index];
    let made: Json = base;
    if (step !== undefined) {
      const field = step.type === "name" ? fields.get(step.name) : undefined;
      if (field === undefined) throw unknownPath(this.#path);
      const key = `${typeName}.${field.name}`;
      made = without(base, rivalsOf(typeName, field.name));
      const value = this.#value(field.type, made[field.name], index + 1, `${at}.${field.name}`, key);
      made = { ...neighbours[key], ...made, [field.name]: value };
    }
    if (at === "spec.initContainers[]" && sidecarFields.test(this.#path)) {
      made = { ...made, restartPolicy: "Always" };
    }
    if (typeName === "ResourceFieldSelector" && at.includes(".downwardAPI")) {
      made = { containerName: this.#container, ...made };
    }
    return this.#completed(typeName, made, at);
  }

  /** `value` with all that the API server asks of the type. */
  #completed(typeName: string, value: Json, at: string): Json {
    const made: Record<string, unknown> = { ...value };
    for (const [name, content] of Object.entries(alwaysThere[typeName] ?? {})) {
      const excluded = Object.keys(made).some((present) => rivalsOf(typeName, present).includes(name));
      if (!excluded) made[name] ??= content;
    }
    const members = unionOf(typeName);
    const [first] = members;
    const fields = apiType(typeName).fields;
    for (const field of fields.values()) {
      const missing = field.required || (field.name === first && !members.some((name) => name in made));
      if (!missing || made[field.name] !== undefined) continue;
      made[field.name] = this.#fresh(field, typeName, at);
    }
    return made;
  }

  #fresh(field: ApiField, typeName: string, at: string): unknown {
    return new Sample(this.#path, [], this.#container).#value(
      field.type,
      undefined,
      0,
      `${at}.${field.name}`,
      `${typeName}.${field.name}`,
    );
  }

  #value(type: FieldType, base: unknown, index: number, at: string, key: string): unknown {
    const inner = index + (this.#steps[index] === undefined ? 0 : 1);
    if (type.kind === "list") {
      const elements = Array.isArray(base) ? base : [];
      const [first, ...others] = elements;
      // The containers of a pod are what a path is about; an element of any other list is one more.
      if (first !== undefined && /^spec\.(c|initC|ephemeralC)ontainers$/.test(at)) {
        return [this.#value(type.element, first, inner, `${at}[]`, key), ...others];
      }
      return [...elements, this.#value(type.element, undefined, inner, `${at}[]`, key)];
    }
    if (type.kind === "map") {
      const value = this.#value(type.value, undefined, inner, `${at}{}`, key);
      return { ...(base as Json | undefined), [sampleKeys[key] ?? "sample"]: value };
    }
    if (type.kind === "reference" && !(key in sampleValues)) {
      return this.object(type.type, (base ?? {}) as Json, index, at);
    }
    if (this.#steps.length > index) throw unknownPath(this.#path);
    if (/\.(targetC|c)ontainerName$/.test(key)) return this.#container;
    const byPath = sampleValuesByPath.find(([pattern]) => pattern.test(at));
    return byPath?.[1] ?? sampleValues[key] ?? sampleOf(type, defaultOf(key));
  }
}

/** A value of the type other than the default. */
function sampleOf(type: FieldType, defaultValue: unknown): unknown {
  switch (type.kind) {
    case "boolean":
      return defaultValue !== true;
    case "int32":
    case "int64":
      return 7;
    case "quantity":
      return "100m";
    case "intOrString":
      return 8080;
    case "time":
      return "2026-01-02T03:04:05Z";
    case "base64":
      return "c2FtcGxl";
    case "enum":
      return type.values.find((value) => value !== "" && value !== defaultValue);
    default:
      return "sample";
  }
}

function defaultOf(key: string): unknown {
  const [typeName = "", fieldName = ""] = key.split(".");
  return apiType(typeName).fields.get(fieldName)?.default;
}

function unionOf(typeName: string): readonly string[] {
  if (typeName !== "Volume") return unions[typeName] ?? [];
  // Every field of a volume but its name is a source, emptyDir the one that needs nothing.
  const sources = [...apiType("Volume").fields.keys()].filter(
    (name) => name !== "name" && name !== "emptyDir",
  );
  return ["emptyDir", ...sources];
}

function rivalsOf(typeName: string, fieldName: string): readonly string[] {
  const members = unionOf(typeName);
  const others = members.includes(fieldName) ? members.filter((name) => name !== fieldName) : [];
  return [...others, ...(rivals[`${typeName}.${fieldName}`] ?? [])];
}

function without(value: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Lists get the elements whose name they lack; anything else that stands there already stays. */
function withSpecNeighbours(spec: Json, path: string): Json {
  let made = spec;
  for (const [pattern, content] of specNeighbours) {
    if (!pattern.test(path)) continue;
    for (const [name, value] of Object.entries(content as Neighbours)) {
      const present = made[name];
      if (Array.isArray(present) && Array.isArray(value)) {
        const names = new Set(present.map((element: Json) => element["name"]));
        made = {
          ...made,
          [name]: [...present, ...value.filter((element: Json) => !names.has(element["name"]))],
        };
      } else {
        made = { ...made, [name]: present ?? value };
      }
    }
  }
  return made;
}

function unknownPath(path: string): ProviderError {
  return new ProviderError("Internal", `make a pod with ${path}: the schema has no such path`);
}
