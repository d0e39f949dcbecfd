import { waitFor } from "../wait-for.ts";
import { type AnyObject, type ApiAnswer, pathOf } from "./api-client.ts";
import type { Space } from "./bench.ts";

/** The group of roles and bindings. */
export const apiGroup = "rbac.authorization.k8s.io";

/** Somebody with rights in one namespace, or everywhere. */
export interface Person {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Somebody who has no rights yet. */
export function person(space: Space, name: string): Person {
  return { user: `${space.name}-${name}`, groups: ["system:authenticated"] };
}

/** Binds somebody to a role. */
export function bindingOf(
  name: string,
  kind: "Role" | "ClusterRole",
  role: string,
  { user }: Person,
): AnyObject {
  return {
    metadata: { name },
    roleRef: { apiGroup, kind, name: role },
    subjects: [{ apiGroup, kind: "User", name: user }],
  };
}

/** A rule of a role. */
export function rule(verbs: string[], group: string, ...resources: string[]): AnyObject {
  return { verbs, apiGroups: [group], resources };
}

/** Lets somebody do what a list of rules says, and waits until the authorizer knows. */
export async function letDo(space: Space, who: Person, rules: AnyObject[]): Promise<void> {
  const name = who.user;
  const probe = rule(["get"], "example.com", "probes");
  await space.api.post(pathOf("clusterroles"), { metadata: { name }, rules: [...rules, probe] });
  await space.create("rolebindings", bindingOf(name, "ClusterRole", name, who));
  await knows(space, who, { verb: "get", group: "example.com", resource: "probes" });
}

/** Waits until the authorizer lets somebody do something. */
export async function knows(space: Space, who: Person, attributes: AnyObject): Promise<void> {
  await waitFor(
    `${who.user} may ${attributes.verb} ${attributes.resource}`,
    () => review(space, who, attributes),
    ({ allowed }) => allowed,
  );
}

/** Whether somebody may do something, and why. */
export async function review(
  space: Space,
  { user, groups }: Person,
  attributes: AnyObject,
): Promise<AnyObject> {
  const resourceAttributes = { namespace: space.name, ...attributes };
  const body = { spec: { user, groups, resourceAttributes } };
  return (await space.api.post(pathOf("subjectaccessreviews"), body)).status;
}

type Call = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

/** Requests in the name of somebody. */
export function as(space: Space, who: Person): Call {
  return (method, path, body) =>
    space.api.call(method, path, body, {
      as: who,
      ...(method === "PATCH" ? { contentType: "application/merge-patch+json" } : {}),
    });
}
