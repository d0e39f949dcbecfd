import type { Pod, ReportEntry, TranslationReport } from "@vkubelet/core";
import type { DefaultRule } from "../schema/api-defaults.ts";
import { type AuditNode, auditRoot } from "../schema/audit-node.ts";
import { unknownFieldMessage } from "../schema/unknown-field.ts";
import { joinKey } from "./field-path.ts";
import type { SupportRule, SupportTable } from "./support-table.ts";

const notCovered = "not supported by this backend; remove it";
const emptyReason = "empty, which is the same as unset";
const defaultReason = "the default of the API, which asks for nothing";
const tooDeepReason = "nested too deep; no field of a pod is";

/** Levels of the JSON that are looked at. The schema has 14; below it stand only values that it knows nothing of. */
const maximumDepth = 64;

/**
 * Accounts for every field of the pod's spec, as it stands in the raw JSON, by the rules of `table`: each leaf that is
 * present has an entry of its own or, where an `approx` or `reject` rule decides a whole subtree, lies below that
 * rule's one entry. Entries stand in the order of the pod's own JSON.
 *
 * A default of the API and an empty value are never rejected (pod-semantics F3). A field that neither Kubernetes 1.36
 * and 1.37 nor the table know is rejected by name (F2), a known one without a rule as not supported.
 */
export function auditPod(pod: Pod, table: SupportTable): TranslationReport {
  const audit = new Audit(pod);
  const spec: unknown = pod.spec;
  if (spec !== undefined) audit.visit(spec, auditRoot(table), undefined, "spec", noOwner, 0);
  return { entries: audit.entries };
}

type Owner = Readonly<Record<string, unknown>>;
const noOwner: Owner = {};

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
    node: AuditNode,
    inherited: Decision | undefined,
    path: string,
    owner: Owner,
    depth: number,
  ): void {
    const decision = this.#decide(value, node, inherited, path);
    if (isUnset(value)) {
      this.entries.push({ path, disposition: "ignore", reason: emptyReason });
    } else if (
      decision !== undefined &&
      decision.rule.default !== undefined &&
      sameJson(value, decision.rule.default)
    ) {
      this.#report(path, decision, true);
    } else if (!isObject(value)) {
      this.#report(path, decision, isApiDefault(value, node.default, owner));
    } else if (depth === maximumDepth) {
      this.entries.push({ path, disposition: "reject", reason: tooDeepReason });
    } else if (Array.isArray(value)) {
      const { element } = node;
      for (let index = 0; index < value.length; index++) {
        this.visit(value[index], element, decision, `${path}[${index}]`, noOwner, depth + 1);
      }
    } else {
      const keys = Object.keys(value);
      if (keys.length === 0) this.#report(path, decision, isApiDefault(value, node.default, owner));
      else this.#visitFields(value, keys, node, decision, path, depth + 1);
    }
  }

  #visitFields(
    value: Owner,
    keys: readonly string[],
    node: AuditNode,
    decision: Decision | undefined,
    path: string,
    depth: number,
  ): void {
    for (const key of keys) {
      const child = value[key];
      if (child === undefined) continue;
      const field = node.field(key);
      const childPath = field === undefined ? joinKey(path, key) : path + field.suffix;
      const childNode = field ?? node.anyKey;
      if (childNode !== undefined) {
        this.visit(child, childNode, decision, childPath, value, depth);
      } else if (!isUnset(child)) {
        this.entries.push({
          path: childPath,
          disposition: "reject",
          reason: unknownFieldMessage(key, node.object),
        });
      }
    }
  }

  #decide(
    value: unknown,
    node: AuditNode,
    inherited: Decision | undefined,
    path: string,
  ): Decision | undefined {
    for (const rule of node.rules) {
      if (rule.when !== undefined && !rule.when(value, this.#pod)) continue;
      // A condition was judged on the whole value; an unconditional rule may be a mere fallback for longer ones.
      const whole = rule.when !== undefined || !node.hasLongerRules;
      return { rule, wholeAt: whole ? path : undefined, reported: false };
    }
    if (!node.hasRules && inherited === undefined) {
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

function isObject(value: unknown): value is Owner {
  return typeof value === "object" && value !== null;
}

/** null and the empty list: what the API drops. An empty object may mean something (`emptyDir: {}`). */
function isUnset(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isApiDefault(value: unknown, defaultValue: unknown, owner: Owner): boolean {
  if (defaultValue === undefined) return false;
  if (typeof defaultValue === "function") return (defaultValue as DefaultRule)(value, owner);
  return sameJson(value, defaultValue);
}

function sameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}
