import { type Behaviour, expectedOn, type Facts, type NodeUnderTest } from "./behaviour.ts";

/** What was seen of one behaviour on one node. */
export interface Seen {
  readonly behaviour: Behaviour;
  readonly node: NodeUnderTest;
  readonly facts: Facts;
}

/** Facts that are neither as the rules say nor explained: an empty list is what every trial must give. */
export function unexplained({ behaviour, node, facts }: Seen): readonly string[] {
  const expected = expectedOn(behaviour, node.kind);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(facts)])];
  return names
    .filter((name) => facts[name] !== expected[name])
    .map(
      (name) => `${name}: expected ${JSON.stringify(expected[name])}, seen ${JSON.stringify(facts[name])}`,
    );
}

/** Nodes by behaviours, with a note for every explained difference. */
export function renderTable(title: string, seen: readonly Seen[]): string {
  const nodes = [...new Map(seen.map(({ node }) => [node.name, node])).values()];
  const behaviours = [...new Set(seen.map(({ behaviour }) => behaviour))];
  const notes: string[] = [];
  const cell = (behaviour: Behaviour, node: NodeUnderTest): string => {
    const result = seen.find((one) => one.behaviour === behaviour && one.node === node);
    if (result === undefined) return "not run";
    if (unexplained(result).length > 0) return "DIFFERS";
    const differences = Object.entries(behaviour.differences?.[node.kind] ?? {});
    if (differences.length === 0) return "as the rules say";
    const numbers = differences.map(([fact, { value, because }]) => {
      notes.push(`${node.kind}, ${behaviour.name}, ${fact} = ${JSON.stringify(value)}: ${because}`);
      return notes.length;
    });
    return `differs (${numbers.join(", ")})`;
  };
  const rows = [
    ["behaviour", ...nodes.map((node) => node.name)],
    ...behaviours.map((behaviour) => [behaviour.name, ...nodes.map((node) => cell(behaviour, node))]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [title, ...lines, ...notes.map((note, index) => `(${index + 1}) ${note}`), ""].join("\n");
}
