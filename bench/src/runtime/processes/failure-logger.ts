import type { Logger } from "@vkubelet/core";

/** Writes warnings and errors, which a clean run has none of. */
export const failureLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (message, fields) => write("warn", message, fields),
  error: (message, fields) => write("error", message, fields),
  child: () => failureLogger,
};

function write(level: string, message: string, fields: object | undefined): void {
  process.stderr.write(`${level}: ${message} ${JSON.stringify(fields ?? {})}\n`);
}
