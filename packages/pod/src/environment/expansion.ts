import { type Container, plainValue, type ResolvedValue, type ValuePart } from "@vkubelet/core";

/** Literal text, or the name inside a `$(…)` reference. */
type Segment = { readonly text: string } | { readonly reference: string };

/**
 * Expands `$(NAME)` as Kubernetes does (V2): `$$` gives `$`, an unknown name and an unclosed reference stay as they
 * are, results are not expanded again. Never throws.
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  if (!text.includes("$")) return text;
  return segmentsOf(text)
    .map((segment) => ("text" in segment ? segment.text : (lookup(segment.reference) ?? unexpanded(segment))))
    .join("");
}

/**
 * Like {@link expand}, for values that may hold late fields or come from a Secret: late fields stay parts of the
 * result, and the result is secret as soon as one referenced value is.
 */
export function expandValue(
  text: string,
  lookup: (name: string) => ResolvedValue | undefined,
): ResolvedValue {
  if (!text.includes("$")) return plainValue(text);
  return joinValues(
    segmentsOf(text).map((segment) =>
      "text" in segment
        ? plainValue(segment.text)
        : (lookup(segment.reference) ?? plainValue(unexpanded(segment))),
    ),
  );
}

/**
 * The command of an exec probe (V6): only the literal texts of the container's own `env` are known, unexpanded;
 * a variable with `valueFrom` counts as empty.
 */
export function expandProbeCommand(command: readonly string[], container: Container): readonly string[] {
  const literals = new Map((container.env ?? []).map((variable) => [variable.name, variable.value ?? ""]));
  return command.map((element) => expand(element, (name) => literals.get(name)));
}

/** One value after the other; neighbouring texts become one part, and one secret makes the whole secret. */
export function joinValues(values: readonly ResolvedValue[]): ResolvedValue {
  const parts: ValuePart[] = [];
  for (const part of values.flatMap((value) => value.parts)) {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else if (part !== "") parts.push(part);
  }
  return { parts: parts.length === 0 ? [""] : parts, secret: values.some((value) => value.secret) };
}

function unexpanded(segment: { readonly reference: string }): string {
  return `$(${segment.reference})`;
}

function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (;;) {
    const dollar = text.indexOf("$", start);
    if (dollar < 0 || dollar === text.length - 1) return [...segments, { text: text.slice(start) }];
    segments.push({ text: text.slice(start, dollar) });
    const next = text[dollar + 1];
    const close = next === "(" ? text.indexOf(")", dollar + 2) : -1;
    if (close >= 0) {
      segments.push({ reference: text.slice(dollar + 2, close) });
      start = close + 1;
    } else {
      segments.push({ text: next === "$" ? "$" : `$${next}` });
      start = dollar + 2;
    }
  }
}
