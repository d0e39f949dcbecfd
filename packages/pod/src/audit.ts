import type { Pod, ReportEntry, TranslationReport } from "@vkubelet/core";
import { compileTable, hasLongerRules, type RuleNode, ruleAt } from "./compiled-table.ts";
import { joinKey } from "./field-path.ts";
import { type DefaultRule, type FieldShape, opaque } from "./field-shape.ts";
import { nearestName } from "./nearest-name.ts";
import { podSpecShape } from "./pod-shape.ts";
import type { SupportRule, SupportTable } from "./support-table.ts";

const notCovered = "not supported by this backend; remove it";
const emptyReason = "empty, which is the same as unset";
const defaultReason = "the default of the API, which asks for nothing";

/**
 * Accounts for every field of the pod's spec, as it stands in the raw JSON, by the rules of `table`: each leaf that is
 * present has an entry of its own or, where an `approx` or `reject` rule decides a whole subtree, lies below that
 * rule's one entry. Entries stand in the order of the pod's own JSON.
 *
 * A default of the API and an empty value are never rejected (pod-semantics F3). A field that neither Kubernetes 1.36
 * and 1.37 nor the table know is rejected by name (F2), a known one without a rule as not supported.
 */
export function auditPod(pod: Pod, table: SupportTable): TranslationReport {
  const root = compileTable(table).children.get("spec");
  const audit = new Audit(pod);
  const spec: unknown = pod.spec;
  if (spec !== undefined) audit.visit(spec, podSpecShape, root, undefined, "spec", {});
  return { entries: audit.entries };
}

/** The rule that stands for a value and all below it, until a longer one applies. */
interface Decision {
  readonly rule: SupportRule;
  /** Where the one entry for the subtree stands; undefined when every leaf gets its own. */
  readonly wholeAt: string | undefined;
  reported: boolean;
}

class Audit {
  readonly entries: ReportEntry[] = [];
  readonly #pod: Pod;

  constructor(pod: Pod) {
    this.#pod = pod;
  }

  visit(
    value: unknown,
    shape: FieldShape,
    node: RuleNode | undefined,
    inherited: Decision | undefined,
    path: string,
    owner: Readonly<Record<string, unknown>>,
  ): void {
    const decision = this.#decide(value, node, inherited, path);
    if (isUnset(value)) {
      this.entries.push({ path, disposition: "ignore", reason: emptyReason });
    } else if (
      decision !== undefined &&
      "default" in decision.rule &&
      sameJson(value, decision.rule.default)
    ) {
      this.#report(path, decision, true);
    } else if (Array.isArray(value)) {
      const element = shape.kind === "list" ? shape.element : opaque;
      for (let index = 0; index < value.length; index++) {
        this.visit(value[index], element, node?.any, decision, `${path}[${index}]`, {});
      }
    } else if (isObject(value) && Object.keys(value).length > 0) {
      this.#visitFields(value, shape, node, decision, path);
    } else {
      this.#report(path, decision, isApiDefault(value, shape, owner));
    }
  }

  #visitFields(
    value: Readonly<Record<string, unknown>>,
    shape: FieldShape,
    node: RuleNode | undefined,
    decision: Decision | undefined,
    path: string,
  ): void {
    for (const key of Object.keys(value)) {
      const child = value[key];
      if (child === undefined) continue;
      const childNode = node?.children.get(key) ?? node?.any;
      const childPath = joinKey(path, key);
      const childShape = shape.kind === "object" ? shape.fields.get(key) : opaque;
      if (childShape !== undefined) {
        this.visit(child, childShape, childNode, decision, childPath, value);
      } else if (childNode !== undefined) {
        // The table knows a field that this version of the package does not.
        this.visit(child, opaque, childNode, decision, childPath, value);
      } else if (!isUnset(child)) {
        this.entries.push({ path: childPath, disposition: "reject", reason: unknownField(key, shape) });
      }
    }
  }

  #decide(
    value: unknown,
    node: RuleNode | undefined,
    inherited: Decision | undefined,
    path: string,
  ): Decision | undefined {
    const rule = node === undefined ? undefined : ruleAt(node, value, this.#pod);
    if (node !== undefined && rule !== undefined) {
      // A condition was judged on the whole value; an unconditional rule may be a mere fallback for longer ones.
      const whole = rule.when !== undefined || !hasLongerRules(node);
      return { rule, wholeAt: whole ? path : undefined, reported: false };
    }
    if (node === undefined && inherited === undefined) {
      // Nothing says anything about this value or what is below it: one rejection for all.
      return { rule: { path, disposition: "reject", reason: notCovered }, wholeAt: path, reported: false };
    }
    return inherited;
  }

  #report(path: string, decision: Decision | undefined, isDefault: boolean): void {
    const disposition = decision?.rule.disposition ?? "reject";
    const reason = decision?.rule.reason ?? notCovered;
    const counts = disposition === "reject" || disposition === "approx";
    if (counts && isDefault) {
      this.entries.push({ path, disposition: "ignore", reason: defaultReason });
    } else if (counts && decision?.wholeAt !== undefined) {
      if (!decision.reported) this.entries.push({ path: decision.wholeAt, disposition, reason });
      decision.reported = true;
    } else {
      this.entries.push({ path, disposition, reason });
    }
  }
}

function unknownField(name: string, shape: FieldShape): string {
  const fields: ReadonlyMap<string, FieldShape> = shape.kind === "object" ? shape.fields : new Map();
  let nearest = nearestName(name, fields.keys());
  for (const [key, inner] of fields) {
    if (nearest !== undefined) break;
    if (inner.kind === "object" && inner.fields.has(name)) nearest = `${key}.${name}`;
  }
  return nearest === undefined ? "unknown field; remove it" : `unknown field; did you mean ${nearest}?`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** null and the empty list: what the API drops. An empty object may mean something (`emptyDir: {}`). */
function isUnset(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isApiDefault(value: unknown, shape: FieldShape, owner: Readonly<Record<string, unknown>>): boolean {
  if (shape.kind !== "object" && shape.kind !== "opaque") return false;
  if (shape.default === undefined) return false;
  if (typeof shape.default === "function") return (shape.default as DefaultRule)(value, owner);
  return sameJson(value, shape.default);
}

function sameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => key in right && sameJson(left[key], right[key]));
}
