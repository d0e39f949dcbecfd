import type { ContainerRef, LogLine, LogOptions } from "@vkubelet/core";
import { untilAborted } from "../abortable-iteration.ts";
import type { KubeletServerHost } from "./kubelet-server-host.ts";
import { lastLines, skipLines } from "./log-format.ts";

/**
 * The lines of a container, cut to `tailLines` from the end even where the provider yields more.
 *
 * Under `follow` the end of what is already there cannot be seen in the stream, so that what is there is counted
 * first, by a read without `follow`. A provider that honours `tailLines` makes that read short. An abort closes the
 * provider's stream and ends the lines without an error.
 */
export async function* readLogLines(
  host: Pick<KubeletServerHost, "logs">,
  ref: ContainerRef,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
  const read = (readOptions: LogOptions) => untilAborted(host.logs(ref, readOptions, signal), signal);
  const { tailLines } = options;
  if (tailLines === undefined) {
    yield* read(options);
    return;
  }
  // `limitBytes` counts what the reader gets, so that it is no hint for a read from which lines are dropped.
  const { limitBytes: _, ...unlimited } = options;
  const tail = await lastLines(read({ ...unlimited, follow: false }), tailLines);
  if (!options.follow) {
    yield* tail.lines;
    return;
  }
  yield* skipLines(read(unlimited), Math.max(0, tail.total - tailLines));
}
