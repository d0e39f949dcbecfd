import type { SupportRule, SupportTable } from "@vkubelet/pod";

/** The rules that stand at one path of a table, in the order in which an audit tries them. */
export interface PathRules {
  readonly path: string;
  readonly conditional: readonly SupportRule[];
  /** The one that holds where no conditional one does; undefined where a shorter path decides. */
  readonly otherwise: SupportRule | undefined;
}

/** A table by the paths of its rules. */
export class RuleTree {
  readonly #byPath = new Map<string, PathRules>();
  /** Every path above one with rules. */
  readonly #owners = new Set<string>();

  constructor(table: SupportTable) {
    for (const rule of table) {
      for (const owner of prefixesOf(rule.path).slice(0, -1)) this.#owners.add(owner);
      const known = this.#byPath.get(rule.path);
      const conditional = known?.conditional ?? [];
      this.#byPath.set(rule.path, {
        path: rule.path,
        conditional: rule.when === undefined ? conditional : [rule, ...conditional],
        otherwise: rule.when === undefined ? rule : known?.otherwise,
      });
    }
  }

  /** In the order in which their first rule stands in the table. */
  get all(): readonly PathRules[] {
    return [...this.#byPath.values()];
  }

  /** What decides at a path of the schema: the rules of the longest path at or above it; undefined without any. */
  decidingAt(path: string): PathRules | undefined {
    return this.#above(path).at(0);
  }

  /** The unconditional rule that holds at the path, at or above it; undefined without any. */
  fallbackAt(path: string): SupportRule | undefined {
    return this.#above(path).find(({ otherwise }) => otherwise !== undefined)?.otherwise;
  }

  /** Whether a rule stands below the path. */
  hasRulesBelow(path: string): boolean {
    return this.#owners.has(path);
  }

  #above(path: string): readonly PathRules[] {
    return prefixesOf(path)
      .reverse()
      .flatMap((prefix) => this.#byPath.get(prefix) ?? []);
  }
}

/** The path cut behind each of its steps, the shortest first: `spec`, `spec.volumes`, `spec.volumes[]`, … */
function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  let prefix = "";
  for (const [step] of path.matchAll(/\.?[\w-]+|\[\]|\{\}|\["[^"]*"\]/g)) {
    prefix += step;
    prefixes.push(prefix);
  }
  return prefixes;
}
