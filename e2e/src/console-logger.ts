import type { LogFields, Logger } from "@vkubelet/core";

/** Prints warnings and errors of the parts under test, so that a failed run explains itself. */
export function consoleLogger(name: string): Logger {
  const print = (level: string) => (message: string, fields?: LogFields) => {
    const shown = Object.entries(fields ?? {}).map(
      ([key, value]) =>
        ` ${key}=${value instanceof Error ? (value.stack ?? value.message) : JSON.stringify(value)}`,
    );
    console.error(`[${name}] ${level} ${message}${shown.join("")}`);
  };
  const quiet = () => {};
  return {
    debug: quiet,
    info: quiet,
    warn: print("warn"),
    error: print("error"),
    child: () => consoleLogger(name),
  };
}
