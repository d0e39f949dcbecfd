import { request } from "node:https";
import { parse } from "yaml";
import type { Json } from "../api/objects.ts";

/** An answer with its body as text and, where it is JSON, parsed. */
export interface Answer {
  readonly code: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: Json;
}

/** Calls the API server of a kubeconfig. */
export function clientOf(kubeconfig: string, tokenOverride?: string) {
  const config = parse(kubeconfig);
  const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
  const token = tokenOverride ?? config.users[0].user.token;

  function open(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const raw = typeof body === "string" || body instanceof Uint8Array ? body : body === undefined ? undefined : JSON.stringify(body);
    const call = request(server + path, {
      method,
      ca: Buffer.from(ca, "base64"),
      agent: false,
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(raw === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
    });
    call.end(raw);
    return call;
  }

  return {
    /** One request, its answer read to the end. */
    call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const call = open(method, path, body, headers);
        call.once("error", reject);
        call.once("response", (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.once("error", reject);
          response.once("end", () => {
            const json = response.headers["content-type"]?.startsWith("application/json") && !text.includes("\n{") && text ? JSON.parse(text) : undefined;
            resolve({ code: response.statusCode ?? 0, headers: response.headers, text, json });
          });
        });
      });
    },
    /** A watch as a stream of its events; leaving the loop ends it. */
    async *watch(path: string, headers?: Record<string, string>): AsyncGenerator<Json> {
      const call = open("GET", path, undefined, headers);
      const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
        call.once("error", reject);
        call.once("response", resolve);
      });
      let rest = "";
      try {
        for await (const chunk of response) {
          const lines = (rest + chunk.toString("utf8")).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) yield JSON.parse(line);
        }
      } finally {
        call.destroy();
      }
    },
  };
}
