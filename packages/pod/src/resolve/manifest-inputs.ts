import {
  type ConfigMap,
  type FieldIssue,
  type ObjectMeta,
  ProviderError,
  type ResourceList,
  type Secret,
  type Service,
} from "@vkubelet/core";
import { checkObject } from "../schema/check-object.ts";
import { bytesAsBase64 } from "../translator/wire-json.ts";
import { encodeText } from "../volumes/object-data.ts";
import type { ResolveInputs } from "./resolution.ts";

/** An object as it stands in a manifest. */
export interface ManifestObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** Options of {@link manifestInputs}. */
export interface ManifestInputsOptions {
  /** Namespace of the pod; objects that name none belong to it. Default `default`. */
  readonly namespace?: string;
  /** The run of the pod, from 0. Default 0. */
  readonly attempt?: number;
  /** Stands in for limits that are not set. Default 4 CPUs, 16 GiB. */
  readonly nodeAllocatable?: ResourceList;
  /** Tokens of the service account. Default: none, so that a pod which asks for one waits. */
  readonly token?: ResolveInputs["token"];
}

/** The kinds that resolving a pod reads. */
const readable = ["ConfigMap", "Secret", "Service"] as const;

/**
 * What a pod can be resolved with when the ConfigMaps, Secrets and Services of its namespace stand in a list: as a
 * cluster would have them after `kubectl apply`. `stringData` of a Secret is in its data; a Service without an address
 * has one of 192.0.2.0/24 (RFC 5737) by its place in the list, since the cluster would give it one; of two objects of
 * one name the later counts. Objects of other kinds are passed over, and the list is not changed.
 * Throws `InvalidInput`, with an issue for every field, for one of these objects that the API server could not read.
 */
export function manifestInputs(
  objects: readonly ManifestObject[],
  options: ManifestInputsOptions = {},
): ResolveInputs {
  const { namespace = "default" } = options;
  const issues = objects.flatMap(issuesOf);
  if (issues.length > 0) {
    const list = issues.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new ProviderError("InvalidInput", `manifests cannot be used: ${list}`, { issues });
  }
  const placed = objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata?.namespace || namespace },
  }));
  const named = (kind: string) =>
    new Map(
      placed
        .filter((object) => object.kind === kind && object.metadata.namespace === namespace)
        .map((object) => [object.metadata.name ?? "", object]),
    );
  const configMaps: ReadonlyMap<string, ConfigMap> = named("ConfigMap");
  const secrets: ReadonlyMap<string, Secret> = named("Secret");
  return {
    attempt: options.attempt ?? 0,
    configMap: (name) => configMaps.get(name),
    secret: (name) => {
      const secret = secrets.get(name);
      return secret && withStringData(secret);
    },
    services: placed.filter(({ kind }) => kind === "Service").map(withAddress),
    nodeAllocatable: options.nodeAllocatable ?? { cpu: "4", memory: "16Gi" },
    token: options.token ?? (() => undefined),
  };
}

function issuesOf(object: ManifestObject): readonly FieldIssue[] {
  const kind = readable.find((name) => name === object.kind);
  if (kind === undefined) return [];
  return checkObject(object, kind).map(({ path, message }) => ({
    path: `${kind} ${object.metadata?.name ?? ""}: ${path}`,
    message,
  }));
}

/** The API server's own rule: `stringData` goes over `data`, encoded. */
function withStringData(secret: Secret): Secret {
  const { stringData, ...rest } = secret as Secret & {
    readonly stringData?: Readonly<Record<string, string>>;
  };
  if (!stringData) return secret;
  const encoded = Object.entries(stringData).map(
    ([key, text]) => [key, bytesAsBase64(encodeText(text))] as const,
  );
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}

function withAddress(service: Service, index: number): Service {
  const { clusterIP, type } = (service.spec ?? {}) as { clusterIP?: string; type?: string };
  if (clusterIP || type === "ExternalName") return service;
  return { ...service, spec: { ...service.spec, clusterIP: `192.0.2.${(index % 254) + 1}` } };
}
