import { brokenCalls } from "./broken-calls.ts";
import { brokenLogs } from "./broken-logs.ts";
import { brokenObservations } from "./broken-observations.ts";
import { brokenSessions } from "./broken-sessions.ts";
import { brokenUpdates } from "./broken-updates.ts";

/** The ways in which providers go wrong, each alone in an otherwise faultless one. */
export const breaks = { ...brokenCalls, ...brokenObservations, ...brokenLogs, ...brokenSessions, ...brokenUpdates };
