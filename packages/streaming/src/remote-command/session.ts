import type { SessionStreams } from "@vkubelet/core";
import type { CommandOutcome } from "./outcome.ts";

/** The server's end of an exec or attach session, whatever protocol carries it. */
export interface RemoteCommandSession {
  readonly streams: SessionStreams;
  /** Aborts when the client has gone, or when the connection broke. */
  readonly signal: AbortSignal;
  /** Tells how it ended, after all output, and ends the connection when the client has read it. */
  finish(outcome: CommandOutcome): Promise<void>;
  /** The same in the words of another server: what its error stream said. */
  finishAs(status: string): Promise<void>;
}
