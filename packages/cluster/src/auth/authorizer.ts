import type { Json } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";
import type { Attributes } from "./attributes.ts";
import { decideForNode, nodeOf } from "./node-authorizer.ts";
import { nodeMay } from "./node-rules.ts";
import { type PolicyRule, ruleAllows } from "./policy-rule.ts";
import { grantsOf } from "./role-grants.ts";
import { isPrivileged, type User } from "./user.ts";

/** Whether somebody may do something, and what decided; the reason may be empty. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

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
    return this.decide(user, attributes).allowed;
  }

  decide(user: User, attributes: Attributes): Decision {
    if (isPrivileged(user)) return { allowed: true, reason: "" };
    const asNode = this.#decideForNode(user, attributes);
    if (asNode === true) return { allowed: true, reason: "" };
    for (const { rule, source } of grantsOf(this.#registry, user, attributes.namespace))
      if (ruleAllows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${source()}` };
    return { allowed: false, reason: asNode };
  }

  #decideForNode(user: User, attributes: Attributes): true | string {
    if (!user.groups.includes("system:nodes")) return "";
    if (!this.#restrictsNodes) return nodeMay(attributes) || "";
    const node = nodeOf(user);
    if (node === undefined) return `unknown node for user ${JSON.stringify(user.name)}`;
    return decideForNode(this.#registry, node, attributes);
  }

  /** What a user may do in a namespace, in the form of a SelfSubjectRulesReview's status. */
  rulesFor(user: User, namespace: string): Json {
    const bound = [...grantsOf(this.#registry, user, namespace)].map(({ rule }) => rule);
    const rules = isPrivileged(user) ? [...everything, ...bound] : bound;
    const unknown = this.#restrictsNodes && nodeOf(user) !== undefined;
    return {
      resourceRules: distinct(rules.filter((rule) => rule.resources)),
      nonResourceRules: distinct(rules.filter((rule) => rule.nonResourceURLs)),
      incomplete: unknown,
      ...(unknown ? { evaluationError: "node authorizer does not support user rule resolution" } : {}),
    };
  }
}

function distinct(rules: readonly PolicyRule[]): PolicyRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
