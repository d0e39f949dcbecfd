import type { Disposition } from "@vkubelet/core";
import type { SupportRule, SupportTable } from "@vkubelet/pod";
import { type SchemaPath, schemaPaths } from "@vkubelet/pod/schema";
import { conditionText } from "./condition-text.ts";
import { type PathRules, RuleTree } from "./rule-tree.ts";
import { schemaPlace } from "./schema-place.ts";

/** What a table says at one path. */
export interface MatrixCase {
  readonly disposition: Disposition;
  /** For which values; empty for all others. */
  readonly condition: string;
  readonly reason: string;
  /** What a pod may accept instead. */
  readonly accepted: string;
}

/** One path of a table with all that it decides. */
export interface MatrixRow {
  readonly path: string;
  /** The paths of the schema that it decides. */
  readonly decides: readonly string[];
  /** In the order in which they are tried. */
  readonly cases: readonly MatrixCase[];
}

/** A table as rows. Every path of the schema is decided by exactly one of them or is one of `bare`. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /** Objects about which no rule says anything, but about their fields. */
  readonly bare: readonly string[];
  /** What holds at a path, whichever row says it; undefined where only its fields are decided. */
  at(path: string): readonly MatrixCase[] | undefined;
}

const unsupported = {
  disposition: "reject",
  condition: "",
  reason: "not supported by this backend; remove it",
  accepted: "",
} as const satisfies MatrixCase;

/** The matrix of a table, in the order of the schema. */
export function matrixOf(table: SupportTable): Matrix {
  const tree = new RuleTree(table);
  const schema = new Map(schemaPaths().map((entry) => [entry.path, entry]));
  const decided = new Map<string, { readonly cases: readonly MatrixCase[]; readonly decides: string[] }>();
  const bare: string[] = [];
  for (const rules of inOrderOfSchema(tree)) {
    decided.set(rules.path, { cases: casesOf(rules, tree, schemaOf(rules.path, schema)), decides: [] });
  }
  for (const path of schema.keys()) {
    const rules = tree.decidingAt(path);
    if (rules !== undefined) {
      decided.get(rules.path)?.decides.push(path);
    } else if (tree.hasRulesBelow(path)) {
      bare.push(path);
    } else {
      const top = [...decided.keys()].find(
        (above) => path.startsWith(above) && /^[.[{]/.test(path.slice(above.length)),
      );
      if (top === undefined) decided.set(path, { cases: [unsupported], decides: [path] });
      else decided.get(top)?.decides.push(path);
    }
  }
  const at = (path: string) => {
    const rules = tree.decidingAt(path);
    if (rules !== undefined)
      return casesOf(rules, tree, schemaOf(rules.path, schema)).map(locate(rules.path, path));
    return tree.hasRulesBelow(path) ? undefined : [unsupported];
  };
  return { rows: [...decided].map(([path, row]) => ({ path, ...row })), bare, at };
}

function inOrderOfSchema(tree: RuleTree): readonly PathRules[] {
  return [...tree.all].sort((left, right) => schemaPlace(left.path) - schemaPlace(right.path));
}

/** The condition of a rule that stands above the path says whose value it is about. */
function locate(decidedAt: string, path: string): (one: MatrixCase) => MatrixCase {
  return (one) =>
    decidedAt === path || one.condition === ""
      ? one
      : { ...one, condition: `${one.condition} of \`${decidedAt}\`` };
}

function schemaOf(path: string, schema: ReadonlyMap<string, SchemaPath>): SchemaPath | undefined {
  return schema.get(path) ?? schema.get(`${path}[]`) ?? schema.get(`${path}{}`);
}

function casesOf(
  { path, conditional, otherwise }: PathRules,
  tree: RuleTree,
  schema: SchemaPath | undefined,
): readonly MatrixCase[] {
  const last = otherwise ?? tree.fallbackAt(path);
  return [
    ...conditional.flatMap((rule) => {
      const condition = conditionText(rule, schema);
      return condition === undefined ? [] : [caseOf(rule, condition)];
    }),
    last === undefined ? unsupported : caseOf(last, ""),
  ];
}

function caseOf(rule: SupportRule, condition: string): MatrixCase {
  const exempt = rule.default === undefined ? "" : `\`${JSON.stringify(rule.default)}\` asks for nothing`;
  const reason = [rule.reason, exempt].filter((text) => text !== "").join("; ");
  return { disposition: rule.disposition, condition, reason, accepted: rule.accepted ?? "" };
}
