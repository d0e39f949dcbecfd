import { isProviderError, type LogLine, type Provider } from "@vkubelet/core";
import type { Break } from "./break.ts";

function printing(
  read: (lines: AsyncIterable<LogLine>, provider: Provider) => AsyncIterable<LogLine>,
): Break {
  return (provider) => ({
    ...provider,
    logs: (ref, options, context) => read(provider.logs?.(ref, options, context) ?? none(), provider),
  });
}

async function* none(): AsyncGenerator<never> {}

/** Providers that read output in a wrong way, each in one. */
export const brokenLogs = {
  "has no logs of what it does not know, and no error": printing(async function* (lines) {
    try {
      yield* lines;
    } catch (error) {
      if (!isProviderError(error)) throw error;
    }
  }),
  "keeps the last line": printing(async function* (lines) {
    let held: LogLine | undefined;
    for await (const line of lines) {
      if (held !== undefined) yield held;
      held = line;
    }
  }),
  "drops empty lines": printing(async function* (lines) {
    for await (const line of lines) if (line.bytes.length > 0) yield line;
  }),
  "always follows": (provider) => ({
    ...provider,
    logs: (ref, options, context) => provider.logs?.(ref, { ...options, follow: true }, context) ?? none(),
  }),
  "never follows": (provider) => ({
    ...provider,
    logs: (ref, options, context) => provider.logs?.(ref, { ...options, follow: false }, context) ?? none(),
  }),
} as const satisfies Readonly<Record<string, Break>>;
