import type { KubeObject } from "../api/objects.ts";
import { jsonEqual } from "../api/objects.ts";
import { type FieldError, forbiddenField, invalidField, requiredField } from "../api/status-error.ts";
import type { Strategy } from "./resource-type.ts";

const maximumDataBytes = 1024 * 1024;

/** Nodes come with a status of their own and start tainted until a controller has seen them ready. */
export const nodeStrategy: Strategy = {
  keepStatusOnCreate: true,
  statusWritesMetadata: true,
  defaults(node) {
    node.spec ??= {};
    node.status ??= {};
    // The JSON name of this field is lower-case on the way in and out: `Port`.
    node.status.daemonEndpoints ??= { kubeletEndpoint: { Port: 0 } };
    node.status.nodeInfo = { ...emptyNodeInfo, ...node.status.nodeInfo };
    if (node.status.capacity && !node.status.allocatable)
      node.status.allocatable = { ...node.status.capacity };
  },
  prepareCreate(node, context) {
    if (!context.taintNewNodes) return;
    const taint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
    const taints: (typeof taint)[] = node.spec.taints ?? [];
    if (!taints.some(({ key, effect }) => key === taint.key && effect === taint.effect)) {
      node.spec.taints = [...taints, taint];
    }
  },
  validateUpdate(node, old) {
    if (old.spec?.providerID && node.spec?.providerID !== old.spec.providerID) {
      return [
        forbiddenField("spec.providerID", 'node updates may not change providerID except from "" to valid'),
      ];
    }
    return [];
  },
  fields: (node) => ({ "spec.unschedulable": String(node.spec?.unschedulable ?? false) }),
};

const emptyNodeInfo = {
  machineID: "",
  systemUUID: "",
  bootID: "",
  kernelVersion: "",
  osImage: "",
  containerRuntimeVersion: "",
  kubeletVersion: "",
  kubeProxyVersion: "",
  operatingSystem: "",
  architecture: "",
};

/** Namespaces hold their end back by a finalizer in their spec. */
export const namespaceStrategy: Strategy = {
  nameRule: "label",
  returnsDeleted: true,
  defaults(namespace) {
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      "kubernetes.io/metadata.name": namespace.metadata.name,
    };
  },
  prepareCreate(namespace) {
    namespace.spec = { finalizers: [...new Set([...(namespace.spec?.finalizers ?? []), "kubernetes"])] };
    namespace.status = { phase: "Active" };
  },
  fields: (namespace) => ({ "status.phase": namespace.status?.phase ?? "" }),
};

/** Events are selected by what they are about. */
export const eventStrategy: Strategy = {
  defaults(event) {
    event["type"] ??= "Normal";
    event["involvedObject"] ??= {};
    event["source"] ??= {};
    for (const field of ["firstTimestamp", "lastTimestamp", "eventTime"]) event[field] ??= null;
  },
  validate(event) {
    const { involvedObject, metadata } = event as KubeObject & { involvedObject: { namespace?: string } };
    const namespace = involvedObject.namespace ?? "";
    // Events about cluster-scoped objects live in `default`.
    if (namespace === metadata.namespace || (namespace === "" && metadata.namespace === "default")) return [];
    return [invalidField("involvedObject.namespace", namespace, "does not match event.namespace")];
  },
  fields: (event) => ({
    "involvedObject.kind": event["involvedObject"]?.kind ?? "",
    "involvedObject.namespace": event["involvedObject"]?.namespace ?? "",
    "involvedObject.name": event["involvedObject"]?.name ?? "",
    "involvedObject.uid": event["involvedObject"]?.uid ?? "",
    "involvedObject.apiVersion": event["involvedObject"]?.apiVersion ?? "",
    "involvedObject.resourceVersion": event["involvedObject"]?.resourceVersion ?? "",
    "involvedObject.fieldPath": event["involvedObject"]?.fieldPath ?? "",
    reason: event["reason"] ?? "",
    reportingComponent: event["reportingComponent"] ?? "",
    source: event["source"]?.component ?? event["reportingComponent"] ?? "",
    type: event["type"] ?? "",
  }),
};

function validateData(object: KubeObject, fields: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const field of fields) {
    for (const [key, value] of Object.entries<string>(object[field] ?? {})) {
      bytes += Buffer.byteLength(value);
      if (/^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== "." && key !== "..") continue;
      const detail =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
      errors.push(invalidField(`${field}[${key.slice(0, 300)}]`, key.slice(0, 300), detail));
    }
  }
  if (bytes > maximumDataBytes) {
    errors.push({
      field: "data",
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${maximumDataBytes} bytes`,
    });
  }
  return errors;
}

function validateImmutable(object: KubeObject, old: KubeObject): FieldError[] {
  if (!old["immutable"]) return [];
  const same = ["data", "binaryData", "immutable"].every((field) => jsonEqual(object[field], old[field]));
  return same ? [] : [forbiddenField("data", "field is immutable when `immutable` is set")];
}

/** Secrets: `stringData` is a way to write `data`; the type never changes. */
export const secretStrategy: Strategy = {
  defaults(secret) {
    secret["type"] ??= "Opaque";
    if (!secret["stringData"]) return;
    const encoded = Object.entries<string>(secret["stringData"]).map(([key, value]) => [
      key,
      Buffer.from(value).toString("base64"),
    ]);
    secret["data"] = { ...secret["data"], ...Object.fromEntries(encoded) };
    delete secret["stringData"];
  },
  validate: (secret) => validateData(secret, ["data"]),
  validateUpdate(secret, old) {
    const errors = validateImmutable(secret, old);
    if (secret["type"] !== old["type"])
      errors.push(invalidField("type", secret["type"], "field is immutable"));
    return errors;
  },
  fields: (secret) => ({ type: secret["type"] ?? "" }),
};

export const configMapStrategy: Strategy = {
  validate: (configMap) => validateData(configMap, ["data", "binaryData"]),
  validateUpdate: validateImmutable,
};

export const serviceAccountStrategy: Strategy = { returnsDeleted: true };

/** Signing requests carry the identity of the user who asked, whatever the body says. */
export const csrStrategy: Strategy = {
  prepareCreate(request, context) {
    request.spec.username = context.userName;
    request.spec.groups = [...context.userGroups];
    request.status = {};
  },
  prepareUpdate(request, old) {
    request.spec = old.spec;
  },
  validate(request) {
    const errors: FieldError[] = [];
    if (!request.spec?.request) errors.push(requiredField("spec.request"));
    if (!request.spec?.signerName) errors.push(requiredField("spec.signerName"));
    if (!request.spec?.usages?.length) errors.push(requiredField("spec.usages"));
    return errors;
  },
  fields: (request) => ({ "spec.signerName": request.spec?.signerName ?? "" }),
};
