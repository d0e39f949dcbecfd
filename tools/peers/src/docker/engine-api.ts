import { createReadStream } from "node:fs";
import { request } from "node:http";
import { pipeline } from "node:stream/promises";

/** An answer of the engine. */
export interface EngineResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends one request to the engine's socket; `bodyFile` is streamed as the body. */
export function callEngine(options: {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly bodyFile?: string;
  readonly signal?: AbortSignal;
}): Promise<EngineResponse> {
  const { socketPath, method, path, bodyFile, signal } = options;
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, agent: false, ...(signal === undefined ? {} : { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
        );
      },
    );
    call.on("error", reject);
    if (bodyFile === undefined) call.end();
    else pipeline(createReadStream(bodyFile), call).catch(reject);
  });
}
