import type { brokenSessions } from "./broken-sessions.ts";

/** The cases on which each provider fails whose `exec` is broken, and no others. */
export const caughtSessions: Readonly<Record<keyof typeof brokenSessions, readonly string[]>> = {
  "tells no exit code of commands": ["sessions/output"],
  "mixes a command's errors into its output": ["sessions/output"],
  "never ends a command's input": ["sessions/input", "sessions/back-pressure"],
  "writes output without waiting": ["sessions/back-pressure"],
  "succeeds with commands that it cannot run": ["sessions/unknown", "sessions/ended"],
  "goes on with a command when the client has gone": ["sessions/abort"],
};
