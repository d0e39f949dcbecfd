import type { KubeObject } from "../api/objects.ts";
import { type ResourceType, selectableFields } from "../resources/resource-type.ts";
import {
  checkFieldLabels,
  type FieldRequirement,
  matchesFields,
  parseFieldSelector,
} from "../selectors/field-selector.ts";
import { matchesRequirements, parseLabelSelector } from "../selectors/label-selector.ts";
import type { ReadView } from "../store/store.ts";

/** The objects that a list or watch is about. */
export interface Selection {
  readonly namespace: string | undefined;
  /** Undefined when everything matches. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** A value of the resource's index that narrows the objects down. */
  readonly indexValue: string | undefined;
}

const probe: KubeObject = { apiVersion: "", kind: "", metadata: { name: "" }, spec: {}, status: {} };

/** Field by which a resource is indexed in the store. */
export const indexedField = "spec.nodeName";

function indexValue(requirements: readonly FieldRequirement[]): string | undefined {
  return requirements.find(({ field, equal, value }) => field === indexedField && equal && value !== "")
    ?.value;
}

/** Reads the selectors of a query. @throws StatusError 400 */
export function parseSelection(
  type: ResourceType,
  namespace: string | undefined,
  query: URLSearchParams,
): Selection {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  checkFieldLabels(fields, selectableFields(type, probe));
  const tests: ((object: KubeObject) => boolean)[] = [];
  if (namespace !== undefined) tests.push((object) => object.metadata.namespace === namespace);
  if (labels.length > 0) tests.push((object) => matchesRequirements(labels, object.metadata.labels));
  if (fields.length > 0) tests.push((object) => matchesFields(fields, selectableFields(type, object)));
  const matches =
    tests.length === 0 ? undefined : (object: KubeObject) => tests.every((test) => test(object));
  return { namespace, matches, indexValue: indexValue(fields) };
}

function byKey(left: KubeObject, right: KubeObject): number {
  const [a, b] = [left, right].map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`) as [
    string,
    string,
  ];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The selected objects in the order of their keys. */
export function selectObjects(
  store: ReadView,
  type: ResourceType,
  selection: Selection,
): readonly KubeObject[] {
  const { indexValue: value, matches } = selection;
  const indexed = value === undefined ? undefined : store.listIndexed(type, indexedField, value);
  if (indexed) return (matches ? indexed.filter(matches) : [...indexed]).sort(byKey);
  const objects = store.list(type);
  return matches ? objects.filter(matches) : objects;
}
