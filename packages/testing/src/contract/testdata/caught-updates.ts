import type { brokenUpdates } from "./broken-updates.ts";

/** The cases on which each provider fails whose updates are broken, and no others. */
export const caughtUpdates: Readonly<Record<keyof typeof brokenUpdates, readonly string[]>> = {
  "starts a pod anew for nothing": ["updates/unchanged"],
  "starts a pod anew for a label": ["updates/labels"],
  "takes another image and forgets it": ["updates/image"],
  "keeps the files of a pod as they were": ["updates/file"],
  "updates what it does not know": ["updates/unknown"],
  "updates whoever has lost interest": ["cancellation/update"],
};
