import { Quantity } from "@vkubelet/pod";

type Json = Record<string, unknown>;

/** What the server notes down about an object, and what no manifest says. */
const serverMetadata = ["creationTimestamp", "uid", "resourceVersion", "managedFields", "generation"];
/** What the server's strategies write, which is no default: it hangs on the uid that the server has just given. */
const strategyLabels = [
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
  "deprecated.daemonset.template.generation",
];
/** Fields that the server's JSON has, or leaves out, where they are empty. */
const meaninglessWhenEmpty = new Set([
  "limits",
  "requests",
  "labels",
  "annotations",
  "metadata",
  "serviceName",
]);
/** Maps of quantities, and fields that are one. */
const quantityMaps = new Set(["limits", "requests", "overhead"]);
const quantities = new Set(["divisor", "sizeLimit"]);

/**
 * An object in the form in which the server's and ours can be compared field by field: without what only a server
 * knows, quantities in their canonical text, token volumes by one name, and without what is empty and means nothing.
 */
export function comparable(object: unknown): unknown {
  const { status: _status, ...rest } = structuredClone(object) as Json;
  if (rest["kind"] === "Job") {
    const spec = rest["spec"] as Json;
    if (spec["manualSelector"] === false) delete spec["selector"];
  }
  return simplify(rest, "", rest["kind"] === "Pod" ? [] : strategyLabels);
}

/**
 * A pod that a controller made, in the form in which it can be compared with one that `podsOf` made: as above, and
 * without what is drawn by lot (uids, the ends of names) or hashed out of Go structs.
 */
export function comparableMade(pod: Json): unknown {
  const metadata = pod["metadata"] as Json;
  const labels = metadata["labels"] as Readonly<Record<string, string>>;
  const [owner] = metadata["ownerReferences"] as readonly { readonly uid: string }[];
  const drawn = [
    owner?.uid,
    labels["pod-template-hash"],
    labels["controller-revision-hash"]?.split("-").at(-1),
  ].filter((text) => text !== undefined);
  const text = drawn.reduce((text, part) => text.replaceAll(part, "*"), JSON.stringify(comparable(pod)));
  const made: { readonly metadata: Json; readonly spec: { volumes?: { name: string }[] } } = JSON.parse(text);
  // The StatefulSet controller puts the claims in any order.
  made.spec.volumes?.sort((left, right) => (left.name < right.name ? -1 : 1));
  if (metadata["generateName"] === undefined) return made;
  return {
    ...made,
    metadata: { ...made.metadata, name: String(made.metadata["name"]).replace(/.{5}$/, "*****") },
  };
}

function simplify(value: unknown, name: string, ignored: readonly string[]): unknown {
  if (typeof value === "string") return value.replace(/^kube-api-access-.{5}$/, "kube-api-access-*");
  if (Array.isArray(value)) return value.map((item) => simplify(item, "", ignored));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (inner === null) return [];
    if (name === "metadata" && serverMetadata.includes(key)) return [];
    if (["labels", "annotations"].includes(name) && ignored.includes(key)) return [];
    if (quantities.has(key) || quantityMaps.has(name)) return [[key, Quantity.parse(inner).toString()]];
    const simple = simplify(inner, key, ignored);
    return meaninglessWhenEmpty.has(key) && isEmpty(simple) ? [] : [[key, simple]];
  });
  return Object.fromEntries(entries);
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
