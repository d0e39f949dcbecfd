import type { brokenLogs } from "./broken-logs.ts";

/** The cases on which each provider fails whose logs are broken, and no others. */
export const caughtLogs: Readonly<Record<keyof typeof brokenLogs, readonly string[]>> = {
  "has no logs of what it does not know, and no error": [
    "logs/unknown-pod",
    "logs/unknown-container",
    "logs/previous",
  ],
  "keeps the last line": [
    "identity/logs",
    "deletion/graceful",
    "deletion/accepted",
    "deletion/kill",
    "deletion/zero",
    "deletion/shorter",
    "logs/complete",
    "logs/long",
    "logs/empty-line",
    "logs/containers",
    "logs/ends-by-itself",
    "logs/follow",
    "logs/follow-ended",
    "logs/tail",
    "logs/times",
    "adoption/logs",
    "updates/file", "cancellation/logs",
  ],
  "drops empty lines": ["logs/empty-line"],
  "always follows": [
    "deletion/graceful",
    "deletion/accepted",
    "deletion/kill",
    "deletion/zero",
    "deletion/shorter",
    "logs/ends-by-itself",
    "logs/follow",
    "logs/leave",
    "updates/file", "cancellation/logs",
  ],
  "never follows": ["logs/follow"],
};
