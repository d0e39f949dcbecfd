import type { Json, KubeObject } from "../api/objects.ts";
import { badRequest } from "../api/status-error.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Services } from "../http/services.ts";
import type { Attributes } from "./attributes.ts";
import { apiAudience } from "./service-account-tokens.ts";
import type { User } from "./user.ts";

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
  const { allowed, reason } = services.authorizer.decide(user, toAttributes(spec));
  return { allowed, ...(reason === "" ? {} : { reason }) };
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
      if (!object.spec?.namespace) throw badRequest("no namespace on request");
      return { ...object, status: services.authorizer.rulesFor(user, object.spec.namespace) };
    default:
      throw badRequest(`${object.kind} is no review`);
  }
}
