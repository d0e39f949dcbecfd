import { age, type CellPrinter } from "./cells.ts";
import type { TabledType } from "./table.ts";

function column(name: string, type: string, description: string): TabledType["columns"][number] {
  return { name, type, format: "", description, priority: 0 };
}

/** The Scale of a workload, which is a kind without a resource of its own. */
export const scaleType: TabledType = {
  group: "autoscaling",
  plural: "scales",
  columns: [
    column("Name", "string", "Name must be unique within a namespace."),
    column("Desired", "integer", "replicas is the desired number of instances for the scaled object."),
    column("Available", "integer", "replicas is the actual number of observed instances."),
    column("Age", "string", "Time since the creation of the object."),
  ],
};

/** Rows of Scales. */
export const scaleCells: Readonly<Record<string, CellPrinter>> = {
  "autoscaling/scales": (scale, now) => [
    scale.metadata.name,
    scale.spec?.replicas ?? 0,
    scale.status?.replicas ?? 0,
    age(scale, now),
  ],
};
