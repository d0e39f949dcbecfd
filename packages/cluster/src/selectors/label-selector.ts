import { badRequest } from "../api/status-error.ts";

type Labels = Readonly<Record<string, string>> | undefined;

/** One condition on labels. */
export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values: readonly string[];
}

/** The JSON form of a selector (`matchLabels`, `matchExpressions`). */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** True when labels satisfy every requirement. `NotIn` is satisfied by an absent label, as in the API server. */
export function matchesRequirements(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case "Gt":
        return value !== undefined && /^-?\d+$/.test(value) && Number(value) > Number(values[0]);
      case "Lt":
        return value !== undefined && /^-?\d+$/.test(value) && Number(value) < Number(values[0]);
    }
    return false;
  });
}

/** Requirements of a JSON selector. */
export function fromLabelSelector(selector: LabelSelector | undefined): Requirement[] {
  const fromLabels = Object.entries(selector?.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: "In", values: [value] }),
  );
  const fromExpressions = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values }): Requirement => ({
      key,
      operator: operator as Requirement["operator"],
      values: values ?? [],
    }),
  );
  return [...fromLabels, ...fromExpressions];
}

/** True when a JSON selector selects the labels. An absent selector selects nothing, an empty one everything. */
export function selectsLabels(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector !== undefined && matchesRequirements(fromLabelSelector(selector), labels);
}

const term =
  /^(?:(!)\s*)?([A-Za-z0-9][-A-Za-z0-9_./]*)(?:\s*(==|=|!=|>|<)\s*([-A-Za-z0-9_.]*)|\s+(in|notin)\s*\(([^)]*)\))?$/;

/** Parses the query form, `a=b,c!=d,e in (f,g),h,!i`. @throws StatusError 400 */
export function parseLabelSelector(text: string): Requirement[] {
  if (text.trim() === "") return [];
  return splitTerms(text).map((part) => {
    const match = term.exec(part.trim());
    if (!match) throw badRequest(`unable to parse requirement: ${JSON.stringify(part.trim().slice(0, 200))}`);
    const [, not, key = "", comparison, value = "", set, list = ""] = match;
    if (not) {
      if (comparison || set) throw badRequest(`unable to parse requirement: ${JSON.stringify(part)}`);
      return { key, operator: "DoesNotExist", values: [] };
    }
    if (set) {
      const values = list.split(",").map((entry) => entry.trim());
      return { key, operator: set === "in" ? "In" : "NotIn", values };
    }
    switch (comparison) {
      case "=":
      case "==":
        return { key, operator: "In", values: [value] };
      case "!=":
        return { key, operator: "NotIn", values: [value] };
      case ">":
        return { key, operator: "Gt", values: [value] };
      case "<":
        return { key, operator: "Lt", values: [value] };
      default:
        return { key, operator: "Exists", values: [] };
    }
  });
}

function splitTerms(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, position));
      start = position + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
