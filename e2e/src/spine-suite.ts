import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { behaviours } from "./behaviours/all.ts";
import type { Behaviour } from "./behaviours/behaviour.ts";
import { renderTable, type Seen, unexplained } from "./behaviours/table.ts";
import type { TestCluster } from "./test-cluster.ts";
import type { RunningNode } from "./virtual-nodes.ts";

/** One kind of node that the suite starts on the cluster. */
export interface NodeStart {
  readonly name: string;
  readonly start: (cluster: TestCluster) => Promise<RunningNode>;
  /** What this machine must share with containers, and these containers do not see. */
  readonly without?: readonly Behaviour[];
}

/** The same manifests on every node at once; prints the table of nodes by behaviours at the end. */
export function describeSpine(
  title: string,
  startCluster: () => Promise<TestCluster>,
  starts: readonly NodeStart[],
): void {
  describe(title, () => {
    const running = new Map<string, RunningNode>();
    const seen: Seen[] = [];
    let cluster: TestCluster;
    beforeAll(async () => {
      cluster = await startCluster();
      for (const { name, start } of starts) running.set(name, await start(cluster));
    });
    afterAll(async () => {
      console.log(renderTable(title, seen));
      for (const node of running.values()) await node[Symbol.asyncDispose]();
      await cluster?.[Symbol.asyncDispose]();
    });

    for (const [index, behaviour] of behaviours.entries()) {
      for (const { name, without } of starts) {
        if (without?.includes(behaviour)) continue;
        it.concurrent(`${behaviour.name} on ${name}`, async () => {
          const node = running.get(name)?.node;
          if (node === undefined) throw new Error(`node ${name} did not start`);
          const namespace = `t${index}-${name}`;
          const created = await cluster.kubectl(["create", "namespace", namespace]);
          if (created.code !== 0) throw new Error(created.stderr);
          const facts = await behaviour.observe({ cluster, node, namespace });
          const result = { behaviour, node, facts };
          seen.push(result);
          expect(unexplained(result)).toEqual([]);
        });
      }
    }
  });
}
