import type { Json, KubeObject } from "../api/objects.ts";
import type { Attributes } from "./attributes.ts";

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The rules of a role as it is stored. */
export function rulesIn(role: KubeObject): readonly PolicyRule[] {
  return (role["rules"] ?? []).map((rule: Json) => ({ ...rule, verbs: rule.verbs ?? [] }));
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((entry) => entry === "*" || entry === value) ?? false;
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.replace(/\*+$/, "")) : pattern === path;
}

function resourceMatches(resources: readonly string[] | undefined, resource: string): boolean {
  if (includes(resources, resource)) return true;
  const slash = resource.indexOf("/");
  return slash >= 0 && (resources?.includes(`*${resource.slice(slash)}`) ?? false);
}

/** True when one rule of a role allows the attributes. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  const { path, resource = "", subresource, group = "", name } = attributes;
  if (path !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, path));
  if (!includes(rule.apiGroups, group)) return false;
  if (!resourceMatches(rule.resources, subresource ? `${resource}/${subresource}` : resource)) return false;
  return !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
}

/** A rule as rules that each allow one verb on one thing. */
function atomsOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule) {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const onResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map(
          (named): PolicyRule => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...named }),
        ),
      ),
    ),
  );
  const onPaths = nonResourceURLs.flatMap((url) =>
    verbs.map((verb): PolicyRule => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  return [...onResources, ...onPaths];
}

function covers(owned: PolicyRule, atom: PolicyRule): boolean {
  const [verb = "", group, resource] = [atom.verbs[0], atom.apiGroups?.[0], atom.resources?.[0]];
  const [name, url] = [atom.resourceNames?.[0], atom.nonResourceURLs?.[0]];
  if (!includes(owned.verbs, verb)) return false;
  if (url !== undefined) return (owned.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, url));
  if (!includes(owned.apiGroups, group ?? "") || !resourceMatches(owned.resources, resource ?? ""))
    return false;
  return !owned.resourceNames?.length || (name !== undefined && owned.resourceNames.includes(name));
}

/** What of `wanted` no rule of `owned` allows, one verb on one thing each. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(atomsOf).filter((atom) => !owned.some((rule) => covers(rule, atom)));
}

/** Joins rules about the same one thing into one with all their verbs. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = joined.get(key);
    joined.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  return [...others, ...joined.values()];
}

/** Names as the API server's messages list them. */
export function listText(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}

function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = [
    ["APIGroups", apiGroups],
    ["Resources", resources],
    ["NonResourceURLs", nonResourceURLs],
    ["ResourceNames", resourceNames],
    ["Verbs", verbs],
  ] as const;
  const texts = parts.flatMap(([name, values]) => (values?.length ? [`${name}:${listText(values)}`] : []));
  return `{${texts.join(", ")}}`;
}

/** Rules as the API server's messages write them, a line each. */
export function rulesText(rules: readonly PolicyRule[]): string {
  return [...new Set(compact(rules).map(ruleText))].sort().join("\n");
}
