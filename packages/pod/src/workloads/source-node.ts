/** A piece of a manifest with the place at which it stands: what YAML and JSON have in common. */
export type SourceNode =
  | {
      readonly kind: "scalar";
      readonly offset: number;
      readonly value: string | number | boolean | null;
    }
  | { readonly kind: "list"; readonly offset: number; readonly items: readonly SourceNode[] }
  | { readonly kind: "map"; readonly offset: number; readonly entries: readonly SourceEntry[] };

/** One key of a map. Where a key stands more than once, the last one counts. */
export interface SourceEntry {
  readonly key: string;
  readonly offset: number;
  readonly value: SourceNode;
}

/**
 * Takes note of what is wrong at a place of the text. The document is dropped then, as kubectl refuses it, unless what
 * it holds is known all the same: `kept`.
 */
export type ReportIssue = (offset: number, path: string, message: string, outcome?: "kept") => void;

/** Values are nested so deep at most; deeper ones are refused before anything recurses into them. */
export const maximumDepth = 256;

/** More faults of a manifest are not listed; what follows the last one need not be read. */
export const maximumFaults = 1000;

/** What is said of a value that is nested deeper. */
export const tooDeepMessage: string = `is nested deeper than ${maximumDepth} levels`;

/** What is said of a key that stands in its map already. */
export function duplicateMessage(key: string): string {
  return `key ${JSON.stringify(key)} stands here more than once: only the last one counts`;
}

/** What is said of the one key that no object can safely have. */
export const prototypeMessage = 'key "__proto__" is not taken: it would change what the object is';

/** Whether an integer survives as a JavaScript number. */
export const inexactMessage = "is a whole number beyond ±(2^53-1), which cannot be kept exactly: quote it";
