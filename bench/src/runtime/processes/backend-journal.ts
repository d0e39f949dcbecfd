import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import type { PodRef } from "@vkubelet/core";

/** One thing that happened at the backend. */
export type JournalEntry =
  | {
      readonly type: "created";
      readonly ref: PodRef;
      readonly attempt: number;
      readonly containers: readonly string[];
      readonly at: string;
    }
  | { readonly type: "ended" | "released"; readonly uid: string };

/** What the backend of the benchmark remembers beyond the death of the kubelet, as a remote one would. */
export interface BackendJournal extends Disposable {
  append(entry: JournalEntry): void;
}

/** Opens the journal for writing; what is there stays. */
export function openJournal(file: string): BackendJournal {
  appendFileSync(file, "");
  const descriptor = openSync(file, "a");
  return {
    append: (entry) => writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** Everything that happened so far, in order. */
export function readJournal(file: string): readonly JournalEntry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as JournalEntry);
}

/** How many creates were for a run that had been created before. */
export function repeatedCreates(file: string): number {
  const created = readJournal(file).filter((entry) => entry.type === "created");
  return created.length - new Set(created.map(({ ref, attempt }) => `${ref.uid}/${attempt}`)).size;
}
