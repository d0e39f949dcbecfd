import { compileTable, hasLongerRules, type RuleNode } from "../audit/compiled-table.ts";
import { joinKey } from "../audit/field-path.ts";
import type { SupportRule, SupportTable } from "../audit/support-table.ts";
import { type ApiType, apiType, type FieldType } from "./api-types.ts";

const opaque: FieldType = { kind: "any" };
const noRules: readonly SupportRule[] = [];

/** What the schema and the rules of one table say about one place in a pod: one step of the audit is one look-up. */
export class AuditNode {
  /** What a path has behind that of the owner: `.name`, or `["nvidia.com/gpu"]`. */
  readonly suffix: string;
  readonly type: FieldType;
  readonly default: unknown;
  /** The object that the schema expects here; undefined where it expects another kind of value. */
  readonly object: ApiType | undefined;
  /** Whether any rule ends here or further down. */
  readonly hasRules: boolean;
  /** Rules that end here, the one to try first in front. */
  readonly rules: readonly SupportRule[];
  /** Whether a rule with a longer path stands below. */
  readonly hasLongerRules: boolean;
  readonly #rule: RuleNode | undefined;
  readonly #children = new Map<string, AuditNode>();
  #any: AuditNode | undefined;
  #element: AuditNode | undefined;

  constructor(suffix: string, type: FieldType, defaultValue: unknown, rule: RuleNode | undefined) {
    this.suffix = suffix;
    this.type = type;
    this.default = defaultValue;
    this.hasRules = rule !== undefined;
    this.rules = rule?.rules ?? noRules;
    this.hasLongerRules = rule !== undefined && hasLongerRules(rule);
    this.#rule = rule;
    this.object = type.kind === "reference" ? apiType(type.type) : undefined;
  }

  /** The node of a key with a name of its own; undefined for what only `anyKey` may stand for. */
  field(key: string): AuditNode | undefined {
    return this.#children.get(key) ?? this.#makeField(key);
  }

  /** The node of every other key: undefined where neither the schema nor a rule allows any. */
  get anyKey(): AuditNode | undefined {
    if (this.#any === undefined && (this.object === undefined || this.#rule?.any !== undefined)) {
      const type = this.type.kind === "map" ? this.type.value : opaque;
      this.#any = new AuditNode("", type, undefined, this.#rule?.any);
    }
    return this.#any;
  }

  /** The node of every element, should a list stand here. */
  get element(): AuditNode {
    const type = this.type.kind === "list" ? this.type.element : opaque;
    this.#element ??= new AuditNode("", type, undefined, this.#rule?.any);
    return this.#element;
  }

  #makeField(key: string): AuditNode | undefined {
    const field = this.object?.fields.get(key);
    const named = this.#rule?.children.get(key);
    if (field === undefined && named === undefined) return undefined;
    const inMap = this.type.kind === "map" ? this.type.value : opaque;
    const rule = named ?? this.#rule?.any;
    const made = new AuditNode(joinKey("", key), field?.type ?? inMap, field?.default, rule);
    this.#children.set(key, made);
    return made;
  }
}

const roots = new WeakMap<SupportTable, AuditNode>();

/** The node of `spec` under `table`, made once for each array: a table must not change afterwards. */
export function auditRoot(table: SupportTable): AuditNode {
  const known = roots.get(table);
  if (known !== undefined) return known;
  const rules = compileTable(table).children.get("spec");
  const root = new AuditNode("spec", { kind: "reference", type: "PodSpec" }, undefined, rules);
  roots.set(table, root);
  return root;
}
