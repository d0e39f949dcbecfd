import { clone, type Json, jsonEqual } from "../api/objects.ts";
import { badRequest, StatusError } from "../api/status-error.ts";

const maximumOperations = 10_000;

function parsePointer(pointer: unknown): string[] {
  if (typeof pointer !== "string" || (pointer !== "" && !pointer.startsWith("/"))) {
    throw badRequest(`invalid JSON pointer: ${JSON.stringify(pointer)}`);
  }
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function unprocessable(message: string): StatusError {
  return new StatusError(
    422,
    "Invalid",
    `the server rejected our request due to an error in our request: ${message}`,
    {},
  );
}

/** Only own properties count: a pointer through `__proto__` finds nothing. */
function child(parent: Json, key: string): Json {
  if (Array.isArray(parent)) return /^(0|[1-9]\d*)$/.test(key) ? parent[Number(key)] : undefined;
  return typeof parent === "object" && parent !== null && Object.hasOwn(parent, key)
    ? parent[key]
    : undefined;
}

function locate(document: Json, path: readonly string[]): Json {
  return path.reduce<Json>((value, key) => (value === undefined ? undefined : child(value, key)), document);
}

function arrayIndex(array: readonly Json[], key: string, last: number): number {
  if (key === "-") return last;
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > last) throw unprocessable(`index out of bounds: ${key} of ${array.length}`);
  return index;
}

function setKey(parent: Json, key: string, value: Json): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function add(parent: Json, key: string, value: Json): void {
  if (Array.isArray(parent)) parent.splice(arrayIndex(parent, key, parent.length), 0, value);
  else setKey(parent, key, value);
}

function remove(parent: Json, key: string, pointer: string): Json {
  const value = child(parent, key);
  if (value === undefined) throw unprocessable(`path does not exist: ${pointer}`);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return value;
}

function replace(parent: Json, key: string, value: Json, pointer: string): void {
  if (child(parent, key) === undefined) throw unprocessable(`path does not exist: ${pointer}`);
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else setKey(parent, key, value);
}

/** Applies a JSON patch (RFC 6902) to a copy of the document. @throws StatusError 400 (malformed) or 422 (not applicable) */
export function applyJsonPatch(document: Json, patch: unknown): Json {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: a JSON patch is an array of operations");
  if (patch.length > maximumOperations) {
    throw new StatusError(
      413,
      "RequestEntityTooLarge",
      `The allowed maximum operations in a JSON patch is ${maximumOperations}`,
    );
  }
  const root = { document: clone(document) };
  for (const operation of patch as Json[]) {
    if (typeof operation !== "object" || operation === null)
      throw badRequest("error decoding patch: an operation is an object");
    applyOperation(root, operation);
  }
  return root.document;
}

function applyOperation(root: { document: Json }, operation: Json): void {
  const path = ["document", ...parsePointer(operation.path)];
  const key = path.at(-1) as string;
  const parent = locate(root, path.slice(0, -1));
  if (typeof parent !== "object" || parent === null)
    throw unprocessable(`path does not exist: ${operation.path}`);
  switch (operation.op) {
    case "add":
      add(parent, key, clone(operation.value));
      return;
    case "remove":
      remove(parent, key, operation.path);
      return;
    case "replace":
      replace(parent, key, clone(operation.value), operation.path);
      return;
    case "test":
      if (!jsonEqual(child(parent, key) ?? null, operation.value ?? null)) {
        throw unprocessable(`testing value ${operation.path} failed`);
      }
      return;
    case "move":
    case "copy": {
      const from = ["document", ...parsePointer(operation.from)];
      const source = locate(root, from.slice(0, -1));
      const fromKey = from.at(-1) as string;
      const value = child(source, fromKey);
      if (value === undefined) throw unprocessable(`path does not exist: ${operation.from}`);
      const copy = clone(value);
      if (operation.op === "move") remove(source, fromKey, operation.from);
      add(locate(root, path.slice(0, -1)) ?? parent, key, copy);
      return;
    }
    default:
      throw badRequest(`error decoding patch: unknown operation ${JSON.stringify(operation.op)}`);
  }
}
