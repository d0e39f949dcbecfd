import type { LogFields, Logger } from "@vkubelet/core";

/** Names of the levels, from chatty to quiet. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes one line per message: time, level, message, fields as `key=value`. Errors show their message and code. */
export function createConsoleLogger(
  level: LogLevel,
  write: (line: string) => void,
  fields: LogFields = {},
): Logger {
  const log = (messageLevel: LogLevel) => (message: string, more?: LogFields) => {
    if (logLevels.indexOf(messageLevel) < logLevels.indexOf(level)) return;
    const shown = Object.entries({ ...fields, ...more }).map(
      ([key, value]) => ` ${key}=${formatField(value)}`,
    );
    write(
      `${new Date().toISOString()} ${messageLevel.toUpperCase().padEnd(5)} ${message}${shown.join("")}\n`,
    );
  };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (more) => createConsoleLogger(level, write, { ...fields, ...more }),
  };
}

function formatField(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === "string") return /^[\w./:@()-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}
