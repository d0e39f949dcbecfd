import type { KubeObject } from "../api/objects.ts";
import { forbidden, notFound, StatusError } from "../api/status-error.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";

/** Plugin NamespaceLifecycle: nothing is created in a namespace that is missing or ending. @throws StatusError 403, 404 */
export function admitNamespace(
  object: KubeObject,
  type: ResourceType,
  { store, types }: StrategyContext,
): void {
  const { namespace, name } = object.metadata;
  if (!namespace) return;
  const namespaces = types.require("", "namespaces");
  const found = store.get(namespaces, undefined, namespace);
  if (!found) throw notFound(namespaces, namespace);
  if (!found.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = forbidden(type, name, why);
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  throw new StatusError(error.code, error.reason, error.message, { ...error.details, causes: [cause] });
}
