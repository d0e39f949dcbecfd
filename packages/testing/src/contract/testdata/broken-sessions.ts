import { type Provider, ProviderError, type SessionStreams } from "@vkubelet/core";
import type { Break } from "./break.ts";

type Exec = NonNullable<Provider["exec"]>;

function executing(exec: (original: Exec, ...parameters: Parameters<Exec>) => ReturnType<Exec>): Break {
  return (provider) => {
    const original = provider.exec?.bind(provider);
    if (original === undefined) return provider;
    return { ...provider, exec: (...parameters) => exec(original, ...parameters) };
  };
}

/** Providers whose `exec` is wrong, each in one thing. */
export const brokenSessions = {
  "tells no exit code of commands": executing(async (exec, ...parameters) => {
    await exec(...parameters);
    return { exitCode: 0 };
  }),
  "mixes a command's errors into its output": executing((exec, ref, command, streams, context) => {
    const { stdout } = streams;
    return exec(ref, command, { ...streams, ...(stdout && { stderr: stdout }) }, context);
  }),
  "never ends a command's input": executing((exec, ref, command, streams, context) => {
    const { stdin, ...rest } = streams;
    return exec(ref, command, { ...rest, ...(stdin && { stdin: endless(stdin) }) }, context);
  }),
  "writes output without waiting": executing((exec, ref, command, streams, context) =>
    exec(ref, command, impatient(streams), context),
  ),
  "succeeds with commands that it cannot run": executing(async (exec, ...parameters) => {
    try {
      return await exec(...parameters);
    } catch (error) {
      if (error instanceof ProviderError) return { exitCode: 0 };
      throw error;
    }
  }),
  "goes on with a command when the client has gone": executing((exec, ref, command, streams, context) =>
    exec(ref, command, streams, { ...context, signal: new AbortController().signal }),
  ),
} as const satisfies Readonly<Record<string, Break>>;

async function* endless(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source;
  await new Promise(() => {});
}

function impatient(streams: SessionStreams): SessionStreams {
  const { stdout } = streams;
  if (stdout === undefined) return streams;
  const write = async (bytes: Uint8Array) => {
    const half = Math.ceil(bytes.length / 2);
    await Promise.all([stdout.write(bytes.subarray(0, half)), stdout.write(bytes.subarray(half))]);
  };
  return { ...streams, stdout: { write } };
}
