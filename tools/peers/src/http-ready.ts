import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/**
 * Answers whether GET `url` gives status 200, trusting `caPem` and nothing else where it is given.
 * Made for `ready` of startProcess: rejects when there is no connection.
 */
export function answersOk(
  url: string,
  options: { readonly caPem?: string; readonly token?: string; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        agent: false,
        headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
        ...(options.caPem === undefined ? {} : { ca: options.caPem }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on("error", reject);
    request.end();
  });
}
