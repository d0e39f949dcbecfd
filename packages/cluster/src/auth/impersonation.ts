import type { IncomingHttpHeaders } from "node:http";
import { StatusError } from "../api/status-error.ts";
import type { Attributes } from "./attributes.ts";
import { anonymous } from "./authenticator.ts";
import type { User } from "./user.ts";

const accountPrefix = "system:serviceaccount:";
const extraPrefix = "impersonate-extra-";

/** Every value of each header, apart. */
export type HeaderValues = Readonly<Record<string, readonly string[] | undefined>>;

/** The user in whose name a request is made, and the permissions that the one who makes it needs. */
export interface Impersonation {
  readonly user: User;
  readonly needs: readonly Attributes[];
}

/** Whether a request is made in another's name. */
export function impersonates(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => name.startsWith("impersonate-"));
}

function extrasOf(headers: HeaderValues): [string, readonly string[]][] {
  return Object.entries(headers).flatMap(([name, values]) =>
    name.startsWith(extraPrefix) && values
      ? [[decodeURIComponent(name.slice(extraPrefix.length)), values] as [string, readonly string[]]]
      : [],
  );
}

/** The groups that a user of that name is in, with those that are asked for. */
function groupsOf(name: string, asked: readonly string[]): string[] {
  const [namespace] = name.startsWith(accountPrefix) ? name.slice(accountPrefix.length).split(":") : [];
  const own =
    namespace !== undefined && asked.length === 0
      ? ["system:serviceaccounts", `system:serviceaccounts:${namespace}`]
      : [];
  const groups = [...own, ...asked];
  if (name === anonymous.name) return [...new Set([...groups, "system:unauthenticated"])];
  return groups.includes("system:unauthenticated")
    ? groups
    : [...new Set([...groups, "system:authenticated"])];
}

function nameRight(name: string): Attributes {
  const verb = "impersonate";
  const [namespace, account] = name.startsWith(accountPrefix)
    ? name.slice(accountPrefix.length).split(":")
    : [];
  return namespace && account
    ? { verb, group: "", resource: "serviceaccounts", namespace, name: account }
    : { verb, group: "", resource: "users", name };
}

/** Reads the `Impersonate-…` headers. @throws StatusError 500 (no user is named) */
export function readImpersonation(headers: HeaderValues): Impersonation {
  const name = headers["impersonate-user"]?.[0] ?? "";
  const asked = headers["impersonate-group"] ?? [];
  const uid = headers["impersonate-uid"]?.[0];
  const extras = extrasOf(headers);
  if (name === "") {
    const message =
      "Internal error occurred: requested an impersonation of groups, a uid or extra information without impersonating a user";
    throw new StatusError(500, "InternalError", message);
  }
  const verb = "impersonate";
  const group = "authentication.k8s.io";
  const needs: Attributes[] = [
    nameRight(name),
    ...asked.map((entry) => ({ verb, group: "", resource: "groups", name: entry })),
    ...(uid === undefined ? [] : [{ verb, group, resource: "uids", name: uid }]),
    ...extras.flatMap(([key, values]) =>
      values.map((value) => ({ verb, group, resource: "userextras", subresource: key, name: value })),
    ),
  ];
  const user: User = {
    name,
    groups: groupsOf(name, asked),
    ...(uid === undefined ? {} : { uid }),
    ...(extras.length > 0 ? { extra: Object.fromEntries(extras) } : {}),
  };
  return { user, needs };
}
