import type { Json, KubeObject } from "../api/objects.ts";
import type { Registry, User } from "../registry/registry.ts";
import { decideForNode, nodeOf } from "./node-authorizer.ts";
import { nodeMay } from "./node-rules.ts";

/** What somebody wants to do: something with a resource, or a request to a path. */
export interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** As the query gives it. */
  readonly fieldSelector?: string;
  /** Set for requests that are about no resource. */
  readonly path?: string;
}

const publicPaths = new Set(["/healthz", "/livez", "/readyz", "/version", "/version/"]);
const discoveryPath = /^\/(api|apis|openapi)(\/|$)/;

/**
 * Decides by the API server's own means: `system:masters` may do everything, nodes what the kubelet needs, everybody
 * else what Roles and ClusterRoles in the cluster say.
 */
export class Authorizer {
  readonly #registry: Registry;
  readonly #restrictsNodes: boolean;

  /** @param restrictsNodes whether nodes may read only what their own pods refer to */
  constructor(registry: Registry, restrictsNodes: boolean) {
    this.#registry = registry;
    this.#restrictsNodes = restrictsNodes;
  }

  isAllowed(user: User, attributes: Attributes): boolean {
    return this.decide(user, attributes) === true;
  }

  /** Whether somebody may do something: true, or why not, which may be empty. */
  decide(user: User, attributes: Attributes): true | string {
    if (user.groups.includes("system:masters")) return true;
    if (attributes.path !== undefined && this.#pathAllowed(user, attributes)) return true;
    if (selfReview(user, attributes)) return true;
    const asNode = this.#decideForNode(user, attributes);
    if (asNode === true) return true;
    const byRole = this.#roleRules(user, attributes.namespace).some((rule) => ruleAllows(rule, attributes));
    return byRole || asNode;
  }

  #decideForNode(user: User, attributes: Attributes): true | string {
    if (!user.groups.includes("system:nodes")) return "";
    if (!this.#restrictsNodes) return nodeMay(attributes) || "";
    const node = nodeOf(user);
    if (node === undefined) return `unknown node for user ${JSON.stringify(user.name)}`;
    return decideForNode(this.#registry, node, attributes);
  }

  /** What a user may do in a namespace, in the form of a SelfSubjectRulesReview's status. */
  rulesFor(user: User, namespace: string | undefined): Json {
    const all = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
    const rules = user.groups.includes("system:masters") ? [all] : this.#roleRules(user, namespace);
    return {
      resourceRules: rules.filter((rule) => rule.resources),
      nonResourceRules: rules.filter((rule) => rule.nonResourceURLs),
      incomplete: false,
    };
  }

  #pathAllowed(user: User, { verb, path = "" }: Attributes): boolean {
    if (verb !== "get") return false;
    if (publicPaths.has(path)) return true;
    return discoveryPath.test(path) && user.groups.includes("system:authenticated");
  }

  /** The rules that bind a user, cluster-wide and in the namespace. */
  #roleRules(user: User, namespace: string | undefined): Json[] {
    const { store, types } = this.#registry;
    const group = "rbac.authorization.k8s.io";
    const clusterBindings = store.list(types.require(group, "clusterrolebindings"));
    const bindings = namespace ? store.list(types.require(group, "rolebindings"), namespace) : [];
    return [...clusterBindings, ...bindings]
      .filter((binding) => bindsUser(binding, user))
      .flatMap((binding) => this.#rulesOf(binding));
  }

  #rulesOf(binding: KubeObject): Json[] {
    const { store, types } = this.#registry;
    const { kind, name } = binding["roleRef"] ?? {};
    const type = types.require(
      "rbac.authorization.k8s.io",
      kind === "ClusterRole" ? "clusterroles" : "roles",
    );
    const namespace = kind === "ClusterRole" ? undefined : binding.metadata.namespace;
    return store.get(type, namespace, name ?? "")?.["rules"] ?? [];
  }
}

/** Every authenticated user may ask what he may do himself. */
function selfReview(user: User, { verb, group, resource }: Attributes): boolean {
  if (verb !== "create" || !user.groups.includes("system:authenticated")) return false;
  if (group === "authorization.k8s.io") {
    return resource === "selfsubjectaccessreviews" || resource === "selfsubjectrulesreviews";
  }
  return group === "authentication.k8s.io" && resource === "selfsubjectreviews";
}

function bindsUser(binding: KubeObject, user: User): boolean {
  return (binding["subjects"] ?? []).some((subject: Json) => {
    switch (subject.kind) {
      case "User":
        return subject.name === user.name;
      case "Group":
        return user.groups.includes(subject.name);
      case "ServiceAccount":
        return (
          user.name ===
          `system:serviceaccount:${subject.namespace ?? binding.metadata.namespace}:${subject.name}`
        );
      default:
        return false;
    }
  });
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((entry) => entry === "*" || entry === value) ?? false;
}

/** True when one rule of a role allows the attributes. */
export function ruleAllows(rule: Json, attributes: Attributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if (attributes.path !== undefined) {
    const path = attributes.path;
    return (rule.nonResourceURLs ?? []).some((pattern: string) =>
      pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path,
    );
  }
  const { resource = "", subresource } = attributes;
  const combined = subresource ? `${resource}/${subresource}` : resource;
  if (!includes(rule.apiGroups, attributes.group ?? "")) return false;
  if (!includes(rule.resources, combined) && !(subresource && rule.resources?.includes(`*/${subresource}`)))
    return false;
  return (
    !rule.resourceNames?.length ||
    (attributes.name !== undefined && rule.resourceNames.includes(attributes.name))
  );
}
