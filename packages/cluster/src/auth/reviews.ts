import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, invalid, invalidField } from "../api/status-error.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Services } from "../http/services.ts";
import type { User } from "../registry/registry.ts";
import type { Attributes } from "./authorizer.ts";
import { apiAudience } from "./service-account-tokens.ts";

function toAttributes(spec: Json): Attributes {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {};
  if (Boolean(resourceAttributes) === Boolean(nonResourceAttributes)) {
    throw badRequest("spec: exactly one of resourceAttributes and nonResourceAttributes must be specified");
  }
  if (nonResourceAttributes)
    return { verb: nonResourceAttributes.verb ?? "", path: nonResourceAttributes.path ?? "" };
  const { verb = "", group = "", resource = "", subresource, namespace, name } = resourceAttributes;
  return {
    verb,
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
  };
}

function review(services: Services, user: User, spec: Json): Json {
  const allowed = services.authorizer.isAllowed(user, toAttributes(spec));
  return { allowed, ...(allowed ? {} : { reason: "" }) };
}

function reviewToken(services: Services, spec: Json): Json {
  if (!spec?.token) throw badRequest("spec.token: Required value");
  const verified = services.authenticator.authenticateToken(spec.token);
  const wanted: string[] = spec.audiences?.length ? spec.audiences : [apiAudience];
  const audiences = wanted.filter((audience) => verified?.audiences.includes(audience));
  if (!verified || audiences.length === 0) {
    return {
      user: {},
      error: "[invalid bearer token, token is unknown, has ended, or is meant for another audience]",
    };
  }
  const { name: username, uid, groups, extra } = verified.user;
  return {
    authenticated: true,
    user: { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) },
    audiences,
  };
}

function subjectOf(spec: Json): User {
  const { user = "", groups = [], uid, extra } = spec ?? {};
  if (!user && groups.length === 0)
    throw badRequest("spec.user: at least one of user or group must be specified");
  return { name: user, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
}

/** Answers the review kinds, which are created only to be answered. */
export function answerReview(services: Services, exchange: Exchange, object: KubeObject): KubeObject {
  const { user } = exchange;
  switch (object.kind) {
    case "TokenReview":
      return { ...object, status: reviewToken(services, object.spec) };
    case "SubjectAccessReview":
    case "LocalSubjectAccessReview":
      return { ...object, status: review(services, subjectOf(object.spec), object.spec) };
    case "SelfSubjectAccessReview":
      return { ...object, status: review(services, user, object.spec) };
    case "SelfSubjectReview": {
      const { name: username, uid, groups, extra } = user;
      return {
        ...object,
        status: { userInfo: { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) } },
      };
    }
    case "SelfSubjectRulesReview":
      return { ...object, status: services.authorizer.rulesFor(user, object.spec?.namespace) };
    default:
      throw badRequest(`${object.kind} is no review`);
  }
}

const defaultSeconds = 3600;
const minimumSeconds = 600;
const maximumSeconds = 2 ** 32;

/** Answers `serviceaccounts/NAME/token`. @throws StatusError 404, 422 */
export function requestToken(
  services: Services,
  namespace: string,
  name: string,
  object: KubeObject,
): KubeObject {
  const spec = object.spec ?? {};
  const expirationSeconds = spec.expirationSeconds ?? defaultSeconds;
  if (expirationSeconds < minimumSeconds || expirationSeconds > maximumSeconds) {
    const subject = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" };
    throw invalid(subject, name, [
      invalidField(
        "spec.expirationSeconds",
        expirationSeconds,
        "may not specify a duration less than 10 minutes",
      ),
    ]);
  }
  const audiences: string[] = spec.audiences?.length ? spec.audiences : [apiAudience];
  const boundObject = spec.boundObjectRef && boundTo(services, namespace, spec.boundObjectRef);
  const grant = { namespace, name, audiences, expirationSeconds, ...(boundObject ? { boundObject } : {}) };
  const { token, expiresAt } = services.tokens.issue(grant);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: formatTime(services.clock.now()) },
    spec: {
      audiences,
      expirationSeconds,
      ...(spec.boundObjectRef ? { boundObjectRef: spec.boundObjectRef } : {}),
    },
    status: { token, expirationTimestamp: formatTime(expiresAt) },
  };
}

/** The object that a token is bound to, which must exist. @throws StatusError 400, 404, 409 */
function boundTo(services: Services, namespace: string, reference: Json): Json {
  const plurals = new Map([
    ["Pod", "pods"],
    ["Secret", "secrets"],
    ["Node", "nodes"],
  ]);
  const plural = plurals.get(reference.kind);
  if (!plural) throw badRequest(`cannot bind token to object of type ${String(reference.kind)}`);
  const { registry } = services;
  const type = registry.types.require("", plural);
  const object = registry.get(type, type.namespaced ? namespace : undefined, reference.name);
  if (reference.uid && reference.uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${reference.uid}) does not match the UID in record`;
    throw badRequest(why);
  }
  return { ...reference, uid: object.metadata.uid };
}
