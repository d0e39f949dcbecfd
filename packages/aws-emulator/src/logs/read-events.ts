import { z } from "zod";
import { readInput } from "../request-input.ts";
import { invalidParameter } from "../service-error.ts";
import type { LogStream, StoredEvent } from "./log-store.ts";

/** API reference, GetLogEvents: a page is at most 10,000 events and 1 MB, counting 26 bytes an event besides. */
const pageLimit = 10_000;
const pageBytes = 1_048_576;
const eventOverhead = 26;

const request = z.object({
  startFromHead: z.boolean().optional(),
  nextToken: z.string().optional(),
  startTime: z.int().nonnegative().optional(),
  endTime: z.int().nonnegative().optional(),
  limit: z.int().min(1).max(pageLimit).optional(),
});

/** A page of one stream with the tokens that lead on from it. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

/**
 * GetLogEvents (API reference): without a token from the newest event back unless `startFromHead`; `startTime` is
 * inclusive and `endTime` exclusive; at the end of the stream the token that was sent comes back.
 */
export function readEvents(stream: LogStream, input: unknown): EventPage {
  const {
    startFromHead,
    nextToken,
    startTime,
    endTime,
    limit = pageLimit,
  } = readInput(request, input, invalidParameter);
  const token = nextToken === undefined ? undefined : parseToken(nextToken);
  const forward = token ? token.forward : (startFromHead ?? false);
  const candidates = stream.events.filter(
    ({ timestamp, key }) =>
      (startTime === undefined || timestamp >= startTime) &&
      (endTime === undefined || timestamp < endTime) &&
      (token === undefined || (token.forward ? key > token.key : key < token.key)),
  );
  const events = forward ? upTo(candidates, limit) : upTo([...candidates].reverse(), limit).reverse();
  // On an empty page both tokens stay where the reader is; before the first event that is the beginning.
  const place = token?.key ?? "0";
  return {
    events,
    nextForwardToken: `f/${events.at(-1)?.key ?? place}/s`,
    nextBackwardToken: `b/${events[0]?.key ?? place}/s`,
  };
}

function upTo(events: readonly StoredEvent[], limit: number): StoredEvent[] {
  let bytes = 0;
  const page: StoredEvent[] = [];
  for (const event of events) {
    bytes += Buffer.byteLength(event.message) + eventOverhead;
    if (page.length === limit || (bytes > pageBytes && page.length > 0)) break;
    page.push(event);
  }
  return page;
}

function parseToken(text: string): { readonly forward: boolean; readonly key: string } {
  const [, direction, key] = /^([fb])\/(\d+)\/s$/.exec(text) ?? [];
  if (key === undefined) throw invalidParameter("The specified nextToken is invalid.");
  return { forward: direction === "f", key };
}
