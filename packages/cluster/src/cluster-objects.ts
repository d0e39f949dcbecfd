import type { KubeObject } from "./api/objects.ts";
import { checkBody } from "./openapi/field-check.ts";
import type { Schemas } from "./openapi/schemas.ts";
import type { Registry } from "./registry/registry.ts";
import type { ResourceType } from "./resources/resource-type.ts";

/** Read and write access for tests, by the same rules as requests. */
export interface ClusterObjects {
  /** @param resource plural with its group, `pods` or `deployments.apps` */
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  list(resource: string, namespace?: string): readonly KubeObject[];
  create(resource: string, namespace: string | undefined, object: KubeObject): KubeObject;
  /** Changes a writable copy of the object and stores it; `subresource` "status" changes the status alone. */
  mutate(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (object: KubeObject) => void,
    subresource?: string,
  ): KubeObject;
  delete(resource: string, namespace: string | undefined, name: string, gracePeriodSeconds?: number): void;
}

/** The objects of a registry, which are read as a request's body is before they are written. */
export function objectsOf(registry: Registry, schemas: Schemas): ClusterObjects {
  const find = (resource: string) => {
    const [plural = "", ...group] = resource.split(".");
    return registry.types.require(group.join("."), plural);
  };
  const decoded = (type: ResourceType, object: KubeObject): KubeObject => {
    const { group, version, kind } = type;
    const name = schemas.nameOf(group, version, kind);
    if (name === undefined) return object;
    const { value } = checkBody(schemas, name, object, kind, version);
    return { ...value, metadata: value.metadata ?? {} };
  };
  return {
    get: (resource, namespace, name) => registry.store.get(find(resource), namespace, name),
    list: (resource, namespace) => registry.store.list(find(resource), namespace),
    create(resource, namespace, object) {
      const type = find(resource);
      return registry.create(type, namespace, decoded(type, object));
    },
    mutate(resource, namespace, name, change, subresource) {
      const type = find(resource);
      const changed = (object: KubeObject) => {
        change(object);
        return decoded(type, object);
      };
      return registry.mutate(type, namespace, name, changed, subresource ? { subresource } : {});
    },
    delete(resource, namespace, name, gracePeriodSeconds) {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      registry.delete(find(resource), namespace, name, options);
    },
  };
}
