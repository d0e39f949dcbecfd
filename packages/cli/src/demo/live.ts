import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "@vkubelet/cluster";
import type { Client } from "./client.ts";
import type { DemoNode } from "./demo-node.ts";
import { describeChanges, renderView, type View } from "./live-view.ts";
import { summarizeNode, summarizePod } from "./summaries.ts";

const redrawIntervalMs = 250;

/** Where the live view is drawn. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** What the live view needs. */
export interface LiveOptions {
  readonly client: Client;
  readonly nodes: readonly DemoNode[];
  readonly screen: Screen;
  /** The latest warnings of cluster and kubelets. */
  readonly warnings: () => readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Shows nodes and pods until the signal is aborted: on a terminal redrawn in place, elsewhere one line per change.
 * Rejects when the API server ends a watch for any other reason than its time limit.
 */
export async function showLive({ client, nodes, screen, warnings, signal }: LiveOptions): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const [nodeObjects, pods] = [new Map<string, KubeObject>(), new Map<string, KubeObject>()];
  const view = (): View => ({
    nodes: nodes.map(({ name, backend }) => {
      const object = nodeObjects.get(name);
      return { name, backend, state: object === undefined ? undefined : summarizeNode(object) };
    }),
    pods: [...pods.values()].map(summarizePod),
    notes: warnings().slice(-2),
  });
  const draw = screen.isTTY === true ? redrawer(screen) : lineWriter(screen);
  const drawing = async () => {
    while (!either.aborted) {
      draw(view());
      await sleep(redrawIntervalMs, undefined, { signal: either });
    }
  };
  const work = [follow(client, "Node", nodeObjects, either), follow(client, "Pod", pods, either), drawing()];
  try {
    await Promise.all(work);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    failure.abort(new Error("the live view has ended"));
    await Promise.allSettled(work);
  }
}

/** Keeps the map as the API server's; the server ends a watch after its time, and the next begins with everything. */
async function follow(
  client: Client,
  kind: string,
  into: Map<string, KubeObject>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    into.clear();
    for await (const { type, object } of client.watch(kind, signal)) {
      const { namespace = "", name } = object.metadata ?? {};
      const key = namespace === "" ? name : `${namespace}/${name}`;
      if (type === "ERROR") throw new Error(`watch ${kind}: ${object["message"]}`);
      if (type === "DELETED") into.delete(key);
      else if (type !== "BOOKMARK") into.set(key, object);
    }
  }
}

/** Draws over what was drawn before. */
function redrawer(screen: Screen): (view: View) => void {
  let drawn: readonly string[] = [];
  return (view) => {
    const lines = renderView(view, { columns: screen.columns ?? 80, rows: screen.rows ?? 24 });
    if (lines.length === drawn.length && lines.every((line, index) => line === drawn[index])) return;
    const back = drawn.length === 0 ? "" : `\u001b[${drawn.length}A`;
    screen.write(`${back}\u001b[0J${lines.join("\n")}\n`);
    drawn = lines;
  };
}

/** Writes what has changed since the last time. */
function lineWriter(screen: Screen): (view: View) => void {
  let before: View = { nodes: [], pods: [], notes: [] };
  return (view) => {
    for (const line of describeChanges(before, view)) screen.write(`${line}\n`);
    for (const note of view.notes) if (!before.notes.includes(note)) screen.write(`${note}\n`);
    before = view;
  };
}
