import { isProviderError } from "@vkubelet/core";

/** A mistake of the user: shown as its message alone, exit code 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}

/** One line per thing that is wrong: the field path where there is one, the cause, the way out. Never a stack. */
export function describeError(error: unknown): string {
  if (isProviderError(error) && error.issues.length > 0) {
    return error.issues.map((issue) => `${issue.path}: ${issue.message}`).join("\n");
  }
  return error instanceof Error ? error.message : String(error);
}
