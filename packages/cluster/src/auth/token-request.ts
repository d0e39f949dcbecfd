import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, conflict, type FieldError, invalid, invalidField } from "../api/status-error.ts";
import type { Services } from "../http/services.ts";
import type { Registry } from "../registry/registry.ts";
import { apiAudience, type TokenBinding } from "./service-account-tokens.ts";

const defaultSeconds = 3600;
const minimumSeconds = 600;
const maximumSeconds = 2 ** 32;
const boundKinds = new Map([
  ["Pod", "pods"],
  ["Node", "nodes"],
  ["Secret", "secrets"],
]);
const subject = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" };

function checkIdentity(request: KubeObject, account: KubeObject): void {
  const { name, namespace = "", uid = "" } = account.metadata;
  const given = request.metadata;
  if (given.name && given.name !== name) {
    const detail = "must match the service account name if specified";
    throw invalid(subject, name, [invalidField("metadata.name", given.name, detail)]);
  }
  if (given.namespace && given.namespace !== namespace) {
    const detail = "must match the service account namespace if specified";
    throw invalid(subject, name, [invalidField("metadata.namespace", given.namespace, detail)]);
  }
  if (given.uid && given.uid !== uid) {
    const why = `the UID in the token request (${given.uid}) does not match the UID of the service account (${uid})`;
    throw conflict({ ...subject, plural: subject.kind }, name, why);
  }
}

function checkSeconds(seconds: number): void {
  const errors: FieldError[] = [];
  const field = "spec.expirationSeconds";
  if (seconds < minimumSeconds)
    errors.push(invalidField(field, seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > maximumSeconds)
    errors.push(invalidField(field, seconds, "may not specify a duration larger than 2^32 seconds"));
  if (errors.length > 0) throw invalid(subject, "", errors);
}

function nodeOf(registry: Registry, pod: KubeObject): TokenBinding {
  const name: string | undefined = pod.spec.nodeName;
  if (!name) return {};
  const uid = registry.store.get(registry.types.require("", "nodes"), undefined, name)?.metadata.uid;
  return { node: { name, ...(uid ? { uid } : {}) } };
}

/** What a token is bound to. @throws StatusError 400, 404, 409 */
function bindingOf(registry: Registry, account: KubeObject, reference: Json): TokenBinding {
  if (!reference) return {};
  const { kind, apiVersion = "", name, uid: wanted } = reference;
  const plural = boundKinds.get(kind);
  if (plural === undefined || apiVersion.includes("/")) {
    const [group, version = group] = apiVersion.split("/");
    const named = `${group === version ? "" : group}/${version}, Kind=${String(kind)}`;
    throw badRequest(`cannot bind token to object of type ${named}`);
  }
  const type = registry.types.require("", plural);
  const object = registry.get(type, type.namespaced ? account.metadata.namespace : undefined, name ?? "");
  const { uid = "" } = object.metadata;
  if (kind === "Pod" && object.spec.serviceAccountName !== account.metadata.name) {
    const why = "to pod running with different serviceaccount name.";
    throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} ${why}`);
  }
  if (wanted && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: "", plural: kind, kind }, name, why);
  }
  const bound = { name, uid };
  if (kind === "Pod") return { pod: bound, ...nodeOf(registry, object) };
  return kind === "Node" ? { node: bound } : { secret: bound };
}

/** Answers `serviceaccounts/NAME/token`. @throws StatusError 400, 404, 409, 422 */
export function requestToken(
  services: Services,
  namespace: string,
  name: string,
  object: KubeObject,
): KubeObject {
  const { registry, clock, tokens } = services;
  const account = registry.get(registry.types.require("", "serviceaccounts"), namespace, name);
  checkIdentity(object, account);
  const spec = object.spec ?? {};
  const expirationSeconds = spec.expirationSeconds ?? defaultSeconds;
  checkSeconds(expirationSeconds);
  const audiences: string[] = spec.audiences?.length ? spec.audiences : [apiAudience];
  const binding = bindingOf(registry, account, spec.boundObjectRef);
  const { token, expiresAt } = tokens.issue({ namespace, name, audiences, expirationSeconds, binding });
  const { uid = "" } = account.metadata;
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, uid, creationTimestamp: formatTime(clock.now()) },
    spec: {
      audiences,
      expirationSeconds,
      ...(spec.boundObjectRef ? { boundObjectRef: spec.boundObjectRef } : { boundObjectRef: null }),
    },
    status: { token, expirationTimestamp: formatTime(expiresAt) },
  };
}
