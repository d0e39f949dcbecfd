import type { ServiceError } from "./service-error.ts";

/** One page and the token of the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * A page of `items` by keyset: the token holds the key of the last item given, so items that come or go between two
 * calls shift nothing. `items` are in the order of their keys.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  limit: number,
  token: string | undefined,
  refuse: (message: string) => ServiceError,
): Page<T> {
  const from = token === undefined ? undefined : decode(token, refuse);
  const rest = from === undefined ? items : items.filter((item) => keyOf(item) > from);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page,
    ...(rest.length > limit && last !== undefined
      ? { nextToken: Buffer.from(`next:${keyOf(last)}`).toString("base64url") }
      : {}),
  };
}

function decode(token: string, refuse: (message: string) => ServiceError): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("next:")) throw refuse("Invalid token.");
  return text.slice("next:".length);
}
