import type { Json, KubeObject } from "../api/objects.ts";
import type { ResourceType, TableColumn } from "../resources/resource-type.ts";
import { cellPrinters } from "./printers.ts";
import { ageSince } from "./time-text.ts";

const fallbackColumns: readonly TableColumn[] = [
  {
    name: "Name",
    type: "string",
    format: "name",
    description: "Name must be unique within a namespace.",
    priority: 0,
  },
  {
    name: "Age",
    type: "string",
    format: "",
    description: "Time since the creation of the object.",
    priority: 0,
  },
];

/** The metadata of an object alone. */
export function partialMetadata(object: KubeObject): Json {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}

/** What a row carries of its object: `?includeObject=Metadata|None|Object`. */
export type IncludeObject = "Metadata" | "None" | "Object";

/** What is known of a kind for its table. */
export type TabledType = Pick<ResourceType, "group" | "plural" | "columns">;

/**
 * A table as `kubectl get` prints it.
 * @param now milliseconds since the Unix epoch, for ages
 */
export function toTable(
  type: TabledType,
  objects: readonly KubeObject[],
  listMetadata: Json,
  options: { readonly now: number; readonly include: IncludeObject; readonly withColumns: boolean },
): Json {
  const print = cellPrinters[`${type.group}/${type.plural}`];
  const columns = print ? type.columns : fallbackColumns;
  const rows = objects.map((object) => ({
    cells: print
      ? print(object, options.now)
      : [object.metadata.name, ageSince(object.metadata.creationTimestamp, options.now)],
    ...(options.include === "None"
      ? {}
      : { object: options.include === "Object" ? object : partialMetadata(object) }),
  }));
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: listMetadata,
    columnDefinitions: options.withColumns ? columns : null,
    rows,
  };
}
