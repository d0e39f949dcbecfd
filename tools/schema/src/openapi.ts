/** What is read of a schema in the OpenAPI v3 documents of an API server. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

/** The part of a document `/openapi/v3/…` that holds its types. */
export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

/** The documents that hold every type of {@link rootTypes}. */
export const documentPaths: readonly string[] = [
  "/openapi/v3/api/v1",
  "/openapi/v3/apis/apps/v1",
  "/openapi/v3/apis/batch/v1",
];

/** The types that a virtual kubelet reads, with the `apiVersion` of those that are objects of their own. */
export const rootTypes: Readonly<Record<string, string>> = {
  "io.k8s.api.core.v1.Pod": "v1",
  "io.k8s.api.core.v1.PodTemplateSpec": "",
  "io.k8s.api.core.v1.ConfigMap": "v1",
  "io.k8s.api.core.v1.Secret": "v1",
  "io.k8s.api.core.v1.Service": "v1",
  "io.k8s.api.core.v1.ServiceAccount": "v1",
  "io.k8s.api.core.v1.ReplicationController": "v1",
  "io.k8s.api.core.v1.PersistentVolumeClaim": "v1",
  "io.k8s.api.apps.v1.Deployment": "apps/v1",
  "io.k8s.api.apps.v1.StatefulSet": "apps/v1",
  "io.k8s.api.apps.v1.ReplicaSet": "apps/v1",
  "io.k8s.api.apps.v1.DaemonSet": "apps/v1",
  "io.k8s.api.batch.v1.Job": "batch/v1",
  "io.k8s.api.batch.v1.CronJob": "batch/v1",
  "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta": "",
};
