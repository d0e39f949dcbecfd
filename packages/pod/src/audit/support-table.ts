import type { Disposition, Pod } from "@vkubelet/core";

/**
 * How a backend treats one field of PodSpec and everything below it, unless a rule with a longer path applies there.
 *
 * Paths are written as users write them: `spec.containers[].livenessProbe`, `[]` for any element of a list, `{}` for
 * any key of a map, `["nvidia.com/gpu"]` for one key of a map. A list or a map may be named without its brackets.
 * Of several rules for one path, one with a `when` that holds goes before one without; otherwise the later wins, so
 * that a backend's rules go behind those it takes over: `[...commonSupport, ...own]`.
 */
export interface SupportRule {
  readonly path: string;
  readonly disposition: Disposition;
  /** Why, and for `reject` what to do instead; may be empty for `exact`. */
  readonly reason: string;
  /** The rule applies only if this holds for the value at its path, as it stands in the raw JSON. */
  readonly when?: (value: unknown, pod: Pod) => boolean;
  /**
   * For `reject`: the weaker result that a pod may accept by annotation instead; the mapping goes on as if the field
   * were not set. Absent where there is none.
   */
  readonly accepted?: string;
  /** A value that never counts against the pod, beyond the API's own defaults, which never do. */
  readonly default?: unknown;
}

/** Everything a backend says about PodSpec. A known field that no rule covers is rejected. */
export type SupportTable = readonly SupportRule[];

/** The lists of containers in PodSpec. */
export type ContainerList = "containers" | "initContainers" | "ephemeralContainers";

/**
 * One rule for each of `lists`, for what holds for a field of every container. `rule.path` is relative to the
 * container (`livenessProbe.exec`); an empty one is the container itself.
 */
export function containerRules(
  lists: readonly ContainerList[],
  rules: readonly SupportRule[],
): readonly SupportRule[] {
  return lists.flatMap((name) =>
    rules.map((rule) => ({
      ...rule,
      path: rule.path === "" ? `spec.${name}[]` : `spec.${name}[].${rule.path}`,
    })),
  );
}

const scheduling = "input of the scheduler; the pod is bound already";
const resolved = "resolved by the host before the backend sees the pod";

function rules(disposition: Disposition, reason: string, paths: readonly string[]): SupportTable {
  return paths.map((path) => ({ path, disposition, reason }));
}

/** Files that a container sees belong to whoever writes them; 1.37 lets pods name somebody else. */
const fileOwners: SupportTable = ["configMap", "secret", "downwardAPI", "projected"].map((kind) => ({
  path: `spec.volumes[].${kind}`,
  disposition: "reject",
  reason: "names the user that files belong to, which is not carried: remove defaultUser and user",
  accepted: "files belong to the user that writes them",
  when: namesOwner,
}));

/** The fields that name an owner, and those below which one may: any other map has keys of the user's own. */
const ownerFields = ["defaultUser", "user"];
const ownerHolders = [
  "items",
  "sources",
  "clusterTrustBundle",
  "configMap",
  "downwardAPI",
  "podCertificate",
  "secret",
  "serviceAccountToken",
];

function namesOwner(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesOwner);
  if (typeof value !== "object" || value === null) return false;
  const at = (name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
  return (
    ownerFields.some((name) => (at(name) ?? undefined) !== undefined) ||
    ownerHolders.some((name) => namesOwner(at(name)))
  );
}

/**
 * What holds for every backend: what the host does itself (`core`), what only the scheduler and the API server read
 * (`ignore`), and what the host cannot resolve (`reject`). It says nothing about fields whose effect depends on the
 * backend: those it must take a stand on, or they are rejected.
 */
export const commonSupport: SupportTable = [
  ...fileOwners,
  ...rules("ignore", scheduling, [
    "spec.affinity",
    "spec.nodeSelector",
    "spec.tolerations",
    "spec.topologySpreadConstraints",
    "spec.schedulerName",
    "spec.schedulingGates",
    "spec.schedulingGroup",
    "spec.preemptionPolicy",
    "spec.priority",
    "spec.priorityClassName",
  ]),
  ...rules("ignore", "counted at binding; the backend sizes its own sandbox", ["spec.overhead"]),
  ...rules("ignore", "read only by the controller of eviction requests", ["spec.evictionResponders"]),
  ...rules("ignore", "admission has acted on it by adding the kube-api-access volume", [
    "spec.automountServiceAccountToken",
  ]),
  ...rules("core", "names the node that the host stands for", ["spec.nodeName"]),
  ...rules("core", "the host stops the pod at the deadline", ["spec.activeDeadlineSeconds"]),
  ...rules("core", "service variables are part of the environment that the host resolves", [
    "spec.enableServiceLinks",
  ]),
  ...rules("core", "the host asks for the tokens of this account", [
    "spec.serviceAccount",
    "spec.serviceAccountName",
  ]),
  ...rules("core", "the host counts them into the Ready condition", ["spec.readinessGates"]),
  ...rules("core", "answered in the status of the ephemeral container; the pod goes on", [
    "spec.ephemeralContainers",
  ]),
  ...containerRules(
    ["containers", "initContainers"],
    [
      ...rules("core", resolved, [
        "envFrom",
        "env[].valueFrom.configMapKeyRef",
        "env[].valueFrom.secretKeyRef",
        "env[].valueFrom.fieldRef",
        "env[].valueFrom.resourceFieldRef",
      ]),
      ...rules("reject", "variables from files are not resolved; use a ConfigMap", [
        "env[].valueFrom.fileKeyRef",
      ]),
      ...rules("core", "a name for the host's own look-ups", ["ports[].name"]),
      ...rules("ignore", "a resize is answered as infeasible, so the policy never applies", ["resizePolicy"]),
    ],
  ),
];
