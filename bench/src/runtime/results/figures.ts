/** What a subject does while a figure is taken; each phase has a limit of its own. */
export type Phase =
  | "start"
  | "warm-up"
  | "creation"
  | "idle"
  | "restart"
  | "deletion"
  | "second creation"
  | "ends";

/** One figure that is taken of every subject. */
export interface FigureDefinition {
  /** The line of the table. */
  readonly title: string;
  /** Short, for the axis of the plot. */
  readonly unit: string;
  readonly phase: Phase;
  /** Digits after the point that say something. */
  readonly digits: number;
  /** Which way is the better one, where one is. */
  readonly better?: "higher" | "lower";
  /** The heading of a panel, for figures that the plot shows. */
  readonly panel?: string;
}

/** Every figure, in the order of the table. */
export const figures = {
  startedPerSecond: {
    ...{ title: "bound to Running, pods/s", unit: "pods/s", phase: "creation", digits: 0 },
    ...{ better: "higher", panel: "Started" },
  },
  startP50Ms: {
    ...{ title: "bound to Running, p50 in ms", unit: "ms", phase: "creation", digits: 0 },
    ...{ better: "lower", panel: "Bound to Running, half of the pods" },
  },
  startP99Ms: {
    ...{ title: "bound to Running, p99 in ms", unit: "ms", phase: "creation", digits: 0 },
    ...{ better: "lower", panel: "Bound to Running, 99 % of the pods" },
  },
  deletedPerSecond: {
    ...{ title: "deleted, pods/s", unit: "pods/s", phase: "deletion", digits: 0 },
    ...{ better: "higher", panel: "Deleted" },
  },
  endedPerSecond: {
    ...{ title: "all ended at once, pods/s", unit: "pods/s", phase: "ends", digits: 0 },
    ...{ better: "higher", panel: "All ended at once" },
  },
  podWrites: {
    ...{ title: "writes to a pod in its life", unit: "writes", phase: "deletion", digits: 2 },
    better: "lower",
  },
  startCpuSeconds: {
    ...{ title: "CPU s for 1,000 pods started", unit: "CPU s", phase: "creation", digits: 2 },
    ...{ better: "lower", panel: "CPU for 1,000 pods started" },
  },
  deleteCpuSeconds: {
    ...{ title: "CPU s for 1,000 pods deleted", unit: "CPU s", phase: "deletion", digits: 2 },
    ...{ better: "lower", panel: "CPU for 1,000 pods deleted" },
  },
  memoryMiB: {
    ...{ title: "memory with all pods running, MiB", unit: "MiB", phase: "creation", digits: 0 },
    ...{ better: "lower", panel: "Memory with all pods running" },
  },
  idleCpuSeconds: {
    ...{ title: "idle, CPU s a minute", unit: "CPU s", phase: "idle", digits: 2 },
    better: "lower",
  },
  restartSeconds: {
    ...{ title: "restart until ready, s", unit: "s", phase: "restart", digits: 1 },
    better: "lower",
  },
  restartPodWrites: {
    ...{ title: "restart, writes to pods", unit: "writes", phase: "restart", digits: 0 },
    better: "lower",
  },
  restartRepeatedCreates: {
    ...{ title: "restart, repeated creates", unit: "creates", phase: "restart", digits: 0 },
    better: "lower",
  },
  apiServerMiB: {
    ...{ title: "memory of the API server beside it, MiB", unit: "MiB", phase: "creation", digits: 0 },
  },
  etcdMiB: {
    ...{ title: "memory of etcd beside it, MiB", unit: "MiB", phase: "creation", digits: 0 },
  },
} as const satisfies Readonly<Record<string, FigureDefinition>>;

export type FigureName = keyof typeof figures;

/** Names of all figures, in the order of the table. */
export const figureNames = Object.keys(figures) as readonly FigureName[];

/** The figures that were taken. */
export type Figures = Partial<Record<FigureName, number>>;

/** The definition of a figure, with every field that it may have. */
export function figureDefinition(name: FigureName): FigureDefinition {
  return figures[name];
}
