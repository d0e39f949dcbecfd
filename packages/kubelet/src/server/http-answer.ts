import type { ServerResponse } from "node:http";

/** Answers with a line of text, as the kubelet does for errors and health checks. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(`${text}\n`);
}

/** A request that cannot be granted, and why. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a refusal. */
export function answerRefusal(response: ServerResponse, { status, text, headers }: Refusal): void {
  answerText(response, status, text, headers);
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** Writes one chunk; resolves when the reader can take more. Rejects when the connection ends before. */
export function writeChunk(response: ServerResponse, chunk: Uint8Array | string): Promise<void> {
  if (response.destroyed) return Promise.reject(new Error("the reader has gone"));
  if (response.write(chunk)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      response.off("close", onClose);
      resolve();
    };
    const onClose = () => {
      response.off("drain", onDrain);
      reject(new Error("the reader has gone"));
    };
    response.once("drain", onDrain);
    response.once("close", onClose);
  });
}
