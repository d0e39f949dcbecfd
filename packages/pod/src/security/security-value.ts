import { ProviderError } from "@vkubelet/core";

/** A value that counts, and where the user wrote it: `spec.securityContext.runAsUser`. */
export interface Effective<Value> {
  readonly value: Value;
  readonly path: string;
}

/** Checks a written value; throws `InvalidInput` naming `path` for one of another kind. */
export type ReadValue<Value> = (written: unknown, path: string) => Value;

export const numberValue: ReadValue<number> = (written, path) =>
  typeof written === "number" ? written : refuse(path, "is not a number");

export const truthValue: ReadValue<boolean> = (written, path) =>
  typeof written === "boolean" ? written : refuse(path, "is neither true nor false");

export const textValue: ReadValue<string> = (written, path) =>
  typeof written === "string" ? written : refuse(path, "is not a text");

/** Nothing written is an empty list. */
export function listValue<Value>(read: ReadValue<Value>): ReadValue<readonly Value[]> {
  return (written, path) => {
    if (written === undefined || written === null) return [];
    if (!Array.isArray(written)) return refuse(path, "is not a list");
    return written.map((element, index) => read(element, `${path}[${index}]`));
  };
}

/** An object whose fields `read` takes one by one. */
export function objectValue<Value>(
  read: (fields: Readonly<Record<string, unknown>>, path: string) => Value,
): ReadValue<Value> {
  return (written, path) =>
    typeof written === "object" && written !== null && !Array.isArray(written)
      ? read(written as Readonly<Record<string, unknown>>, path)
      : refuse(path, "is not an object");
}

/** A field that may be missing. */
export function optionalValue<Value>(
  written: unknown,
  path: string,
  read: ReadValue<Value>,
): Value | undefined {
  return written === undefined || written === null ? undefined : read(written, path);
}

function refuse(path: string, message: string): never {
  throw new ProviderError("InvalidInput", `security context refused: ${path} ${message}`, {
    issues: [{ path, message }],
  });
}
