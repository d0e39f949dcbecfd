import { forbidden, StatusError } from "../api/status-error.ts";
import type { Attributes } from "../auth/attributes.ts";
import type { User } from "../auth/user.ts";
import type { Services } from "./services.ts";

/** @throws StatusError 403 when the user may not do it */
export function authorize(services: Services, user: User, attributes: Attributes): void {
  const decision = services.authorizer.decide(user, attributes);
  if (decision.allowed) return;
  const reason = decision.reason === "" ? "" : `: ${decision.reason}`;
  const { verb, group = "", resource = "", subresource, namespace, name = "", path } = attributes;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (path !== undefined) {
    throw new StatusError(403, "Forbidden", `forbidden: ${who} path ${JSON.stringify(path)}`, {});
  }
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
  const why = `${who} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}${reason}`;
  throw forbidden({ group, plural: full, kind: resource }, name, why);
}
