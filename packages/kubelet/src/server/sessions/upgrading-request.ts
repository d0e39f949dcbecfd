import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** A request that asks for another protocol on its connection, or that should have. */
export interface UpgradingRequest {
  readonly request: IncomingMessage;
  /** For a refusal, as long as nothing was granted. */
  readonly response: ServerResponse;
  readonly socket: Duplex;
  /** What came after the request. */
  readonly head: Buffer;
}

/** How long a client may take to open its streams (the kubelet's `streamCreationTimeout`), in milliseconds. */
export const streamCreationMs = 30_000;
