import { type PathStep, parsePath } from "./field-path.ts";
import type { SupportRule, SupportTable } from "./support-table.ts";

/** A place in the tree of all rule paths. */
export interface RuleNode {
  readonly children: Map<string, RuleNode>;
  /** `[]` or `{}`. */
  any: RuleNode | undefined;
  /** Rules that end here, the one to try first in front. */
  readonly rules: SupportRule[];
}

const compiledTables = new WeakMap<SupportTable, RuleNode>();

/** The tree of `table`, made once for each array: a table must not change afterwards. */
export function compileTable(table: SupportTable): RuleNode {
  const known = compiledTables.get(table);
  if (known !== undefined) return known;
  const root = newNode();
  for (const rule of table) {
    let node = root;
    for (const step of stepsOf(rule.path)) {
      if (step.type === "name") {
        const child: RuleNode = node.children.get(step.name) ?? newNode();
        node.children.set(step.name, child);
        node = child;
      } else {
        node.any ??= newNode();
        node = node.any;
      }
    }
    // The later rule goes before the earlier one, and any with a condition before all without.
    if (rule.when === undefined) node.rules.splice(conditionalCount(node), 0, rule);
    else node.rules.unshift(rule);
  }
  compiledTables.set(table, root);
  return root;
}

/** Backends that make their table anew for every pod write the same paths each time, and reading them is the cost. */
const knownSteps = new Map<string, readonly PathStep[]>();
const mostKnown = 10_000;

function stepsOf(path: string): readonly PathStep[] {
  const known = knownSteps.get(path);
  if (known !== undefined) return known;
  if (knownSteps.size === mostKnown) knownSteps.clear();
  const steps = parsePath(path);
  knownSteps.set(path, steps);
  return steps;
}

/** Whether a longer path than this node's own has a rule. */
export function hasLongerRules(node: RuleNode): boolean {
  return node.children.size > 0 || node.any !== undefined;
}

function newNode(): RuleNode {
  return { children: new Map(), any: undefined, rules: [] };
}

function conditionalCount(node: RuleNode): number {
  const first = node.rules.findIndex((rule) => rule.when === undefined);
  return first < 0 ? node.rules.length : first;
}
