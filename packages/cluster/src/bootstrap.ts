import type { KubeObject } from "./api/objects.ts";
import { rbacGroup } from "./auth/role-grants.ts";
import defaultRoles from "./generated/roles.generated.json" with { type: "json" };
import type { Registry } from "./registry/registry.ts";
import { kubernetesServiceIp } from "./resources/service-strategy.ts";

/** The namespaces that every cluster has. */
export const systemNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"] as const;

function namespaceObject(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** What a namespace holds from the start: the default service account and the cluster's CA. */
export function furnishNamespace(registry: Registry, namespace: string, caPem: string): void {
  const accounts = registry.types.require("", "serviceaccounts");
  if (!registry.store.get(accounts, namespace, "default")) {
    registry.create(accounts, namespace, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
  }
  const configMaps = registry.types.require("", "configmaps");
  if (!registry.store.get(configMaps, namespace, "kube-root-ca.crt")) {
    registry.create(configMaps, namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kube-root-ca.crt" },
      data: { "ca.crt": caPem },
    });
  }
}

function createPriorityClasses(registry: Registry): void {
  const type = registry.types.require("scheduling.k8s.io", "priorityclasses");
  for (const [name, value] of [
    ["system-cluster-critical", 2_000_000_000],
    ["system-node-critical", 2_000_001_000],
  ] as const) {
    registry.create(type, undefined, {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name },
      value,
      preemptionPolicy: "PreemptLowerPriority",
    });
  }
}

/** The roles and bindings that a real API server creates, and what its controllers aggregate into them. */
function createDefaultRoles(registry: Registry): void {
  const apiVersion = `${rbacGroup}/v1`;
  for (const { resource, object } of defaultRoles) {
    const type = registry.types.require(rbacGroup, resource);
    registry.create(type, namespaceOf(object), { ...object, apiVersion, kind: type.kind });
  }
}

function namespaceOf({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string };
}): string | undefined {
  return metadata.namespace;
}

/** Fills an empty store with what a new cluster has. */
export function bootstrap(registry: Registry, kubeletClientCaPem: string): void {
  const namespaces = registry.types.require("", "namespaces");
  for (const name of systemNamespaces) {
    registry.create(namespaces, undefined, namespaceObject(name));
  }
  registry.create(registry.types.require("", "configmaps"), "kube-system", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "extension-apiserver-authentication" },
    data: { "client-ca-file": kubeletClientCaPem },
  });
  createPriorityClasses(registry);
  createDefaultRoles(registry);
}

/** The `kubernetes` service through which pods find the API server. */
export function createKubernetesService(registry: Registry, address: string, port: number): void {
  registry.create(registry.types.require("", "services"), "default", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      clusterIP: kubernetesServiceIp,
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: port }],
    },
  });
  registry.create(registry.types.require("", "endpoints"), "default", {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: "kubernetes" },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: "https", port, protocol: "TCP" }] }],
  });
}
