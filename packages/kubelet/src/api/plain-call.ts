import type { Dispatcher } from "undici";

/** An answer, read to its end. */
export interface PlainAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** A request under way. */
export interface PlainCall {
  /** Rejects without an answer, and with the reason of the abort. */
  readonly answer: Promise<PlainAnswer>;
  /** Gives the request up: one that waits for a connection is never sent. After the end it does nothing. */
  abort(reason: unknown): void;
}

/** Sends one request and reads the answer to its end, with nothing between it and the connection. */
export function plainCall(dispatcher: Dispatcher, options: Dispatcher.RequestOptions): PlainCall {
  const { promise, resolve, reject } = Promise.withResolvers<PlainAnswer>();
  let controller: Dispatcher.DispatchController | undefined;
  let aborted: { readonly reason: unknown } | undefined;
  let statusCode = 0;
  let headers: PlainAnswer["headers"] = {};
  const chunks: Buffer[] = [];
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (aborted !== undefined) started.abort(toError(aborted.reason));
    },
    onResponseStart: (_, status, received) => {
      statusCode = status;
      headers = received;
    },
    onResponseData: (_, chunk) => {
      chunks.push(chunk);
    },
    onResponseEnd: () => resolve({ statusCode, headers, text: textOf(chunks) }),
    onResponseError: (_, error) => reject(error),
  };
  // Its own faults (options that it does not take) are thrown to the handler too.
  dispatcher.dispatch(options as Dispatcher.DispatchOptions, handler);
  return {
    answer: promise,
    abort: (reason) => {
      aborted ??= { reason };
      reject(reason);
      controller?.abort(toError(reason));
    },
  };
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(chunks).toString();
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the request was given up", { cause: reason });
}
