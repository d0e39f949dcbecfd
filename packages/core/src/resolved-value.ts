import { ProviderError } from "./errors.ts";

/**
 * A value that is known only once the backend has placed the pod.
 * A provider that cannot bind one rejects the pod, naming the path.
 */
export type LateField = "status.podIP" | "status.podIPs" | "status.hostIP" | "status.hostIPs";

/** Text, or a hole to be filled when the backend knows the value. */
export type ValuePart = string | { readonly late: LateField };

/**
 * A resolved piece of text: `$(VAR)` references are expanded, ConfigMap, Secret and downward API values are in place.
 * `secret` is true when any part came from a Secret; it must then never reach a log, an error or plain remote env.
 */
export interface ResolvedValue {
  readonly parts: readonly ValuePart[];
  readonly secret: boolean;
}

/** A value of plain text. */
export function plainValue(text: string): ResolvedValue {
  return { parts: [text], secret: false };
}

/** The late fields that `value` waits for, without repeats. */
export function lateFieldsOf(value: ResolvedValue): readonly LateField[] {
  return [...new Set(value.parts.flatMap((part) => (typeof part === "string" ? [] : [part.late])))];
}

/**
 * The text of `value` with its late fields filled from `bindings`.
 * Throws `Unsupported` naming the field when a binding is missing: an empty string would be a lie.
 */
export function renderValue(
  value: ResolvedValue,
  bindings: Readonly<Partial<Record<LateField, string>>> = {},
): string {
  return value.parts
    .map((part) => {
      if (typeof part === "string") return part;
      const bound = bindings[part.late];
      if (bound === undefined) {
        throw new ProviderError(
          "Unsupported",
          `value needs ${part.late}, which this backend does not know before the start`,
          {
            reason: "LateValueUnbound",
          },
        );
      }
      return bound;
    })
    .join("");
}
