import type { Json, KubeObject } from "../api/objects.ts";
import { ageSince } from "./time-text.ts";

/** The cells of a row. */
export type Cells = readonly (string | number | boolean)[];

/** Prints an object as the cells of its row; `now` in milliseconds since the Unix epoch. */
export type CellPrinter = (object: KubeObject, now: number) => Cells;

/** The age of an object. */
export function age(object: KubeObject, now: number): string {
  return ageSince(object.metadata.creationTimestamp, now);
}

/** A text, or that there is none. */
export function orNone(text: string | undefined): string {
  return text || "<none>";
}

/** Labels and such as `a=b,c=d`. */
export function pairs(map: Record<string, string> | undefined): string {
  return orNone(
    Object.entries(map ?? {})
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
  );
}

/** A selector as one text. */
export function selectorText(selector: Json): string {
  if (!selector) return "<none>";
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }: Json) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${(values ?? []).join(",")})`;
  });
  const labels = selector.matchLabels ? [pairs(selector.matchLabels)] : [];
  return orNone([...labels, ...expressions].filter((part) => part !== "<none>").join(","));
}

/** Names and images of containers, each as one text. */
export function containerCells(containers: readonly Json[] = []): [string, string] {
  return [containers.map(({ name }) => name).join(","), containers.map(({ image }) => image).join(",")];
}

const shown = 3;

/** The first three entries, and how many more there are. */
export function firstOf(entries: readonly string[], whenNone: string): string {
  const text = entries.slice(0, shown).join(",");
  if (entries.length > shown) return `${text} + ${entries.length - shown} more...`;
  return text || whenNone;
}
