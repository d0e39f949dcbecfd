import type { NodeSummary, PodSummary } from "./summaries.ts";

/** A node as the view shows it: what runs behind it is known from the start, its state only when it has registered. */
export interface ShownNode {
  readonly name: string;
  readonly backend: string;
  readonly state: NodeSummary | undefined;
}

/** Everything that is shown. */
export interface View {
  readonly nodes: readonly ShownNode[];
  readonly pods: readonly PodSummary[];
  /** Lines below the pods, such as the latest warning. */
  readonly notes: readonly string[];
}

/** The size of the terminal in characters. */
export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

/** The lines of the view, none wider than the terminal and not more than it has; pods that have no place are counted. */
export function renderView({ nodes, pods, notes }: View, size: ViewSize): readonly string[] {
  const head = table(
    ["NODE", "STATUS", "PODS", "BACKEND"],
    nodes.map(({ name, backend, state }) => [
      name,
      nodeText(state),
      String(pods.filter(({ node }) => node === name).length),
      backend,
    ]),
  );
  const rows = table(
    ["POD", "NODE", "READY", "STATUS", "RESTARTS"],
    [...pods]
      .sort((a, b) => order(a.node, b.node) || order(podName(a), podName(b)))
      .map((pod) => [podName(pod), pod.node || "-", pod.ready, pod.status, String(pod.restarts)]),
  );
  // The cursor needs a line of its own, else the terminal scrolls.
  const room = Math.max(1, size.rows - 1 - head.length - 1 - notes.length);
  const shown = rows.length <= room ? rows : rows.slice(0, Math.max(0, room - 1));
  const hidden = rows.length - shown.length;
  return [...head, "", ...shown, ...(hidden > 0 ? [`… and ${hidden} more pods`] : []), ...notes].map((line) =>
    cut(line, size.columns),
  );
}

/** One line per difference between two views, in the order of the second. */
export function describeChanges(before: View, after: View): readonly string[] {
  const nodes = after.nodes.flatMap((node) => {
    const old = before.nodes.find(({ name }) => name === node.name);
    const text = nodeText(node.state);
    return old !== undefined && nodeText(old.state) === text ? [] : [`node ${node.name}: ${text}`];
  });
  const known = new Map(before.pods.map((pod) => [podName(pod), pod]));
  const pods = after.pods.flatMap((pod) => {
    const old = known.get(podName(pod));
    known.delete(podName(pod));
    return old !== undefined && podText(old) === podText(pod) ? [] : [`pod ${podName(pod)}: ${podText(pod)}`];
  });
  return [...nodes, ...pods, ...[...known.keys()].map((name) => `pod ${name}: gone`)];
}

function nodeText(state: NodeSummary | undefined): string {
  if (state === undefined) return "starting";
  return state.ready ? "Ready" : `NotReady${state.reason === "" ? "" : ` (${state.reason})`}`;
}

function podName({ namespace, name }: PodSummary): string {
  return namespace === "default" ? name : `${namespace}/${name}`;
}

function podText({ node, ready, status, restarts }: PodSummary): string {
  const place = node === "" ? "not bound" : `on ${node}`;
  return `${place}, ${status}, ready ${ready}${restarts > 0 ? `, restarts ${restarts}` : ""}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
