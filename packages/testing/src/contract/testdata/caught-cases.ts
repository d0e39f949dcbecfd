import type { breaks } from "./broken-providers.ts";
import { caughtCalls } from "./caught-calls.ts";
import { caughtLogs } from "./caught-logs.ts";
import { caughtObservations } from "./caught-observations.ts";
import { caughtSessions } from "./caught-sessions.ts";
import { caughtUpdates } from "./caught-updates.ts";

/** The cases on which each broken provider fails, and no others. */
export const caught: Readonly<Record<keyof typeof breaks, readonly string[]>> = {
  ...caughtCalls,
  ...caughtObservations,
  ...caughtLogs,
  ...caughtSessions,
  ...caughtUpdates,
};
