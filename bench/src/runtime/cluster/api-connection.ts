import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { Agent, type Dispatcher } from "undici";

/** What the API server answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** What a request may carry. */
export interface RequestContent {
  readonly body?: unknown;
  /** Media type of the body; JSON when left out. */
  readonly type?: string;
  readonly signal?: AbortSignal;
}

const longestAnswerMs = 60_000;

/** Connections of one client of the benchmark: nothing but requests, so that it costs little of what is measured. */
export interface ApiConnection extends AsyncDisposable {
  /** Rejects only without an answer, which is waited for no longer than a minute. */
  request(method: Dispatcher.HttpMethod, path: string, content?: RequestContent): Promise<ApiAnswer>;
  /** Lines of a watch until the server ends it or the signal aborts. */
  lines(path: string, signal: AbortSignal): AsyncGenerator<string, void, undefined>;
}

interface JsonKubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** Connects as the user of a kubeconfig that `tools/peers` wrote: JSON, with a token. */
export function connectApi(kubeconfig: string, connections = 16): ApiConnection {
  const config = JSON.parse(readFileSync(kubeconfig, "utf8")) as JsonKubeconfig;
  const cluster = config.clusters[0]?.cluster;
  const token = config.users[0]?.user.token;
  if (cluster === undefined || token === undefined) {
    throw new Error(`connect to the API server: ${kubeconfig} has no cluster or no token`);
  }
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64");
  const connect = { secureContext: createSecureContext({ ca }) };
  const plain = new Agent({
    connections,
    connect,
    keepAliveTimeout: 20_000,
    bodyTimeout: longestAnswerMs,
    headersTimeout: longestAnswerMs,
  });
  const watches = new Agent({ connect, allowH2: false, bodyTimeout: 0, headersTimeout: 0 });
  const authorization = `Bearer ${token}`;
  const { server } = cluster;
  return {
    async request(method, path, { body, type = "application/json", signal } = {}) {
      const response = await plain.request({
        origin: server,
        path,
        method,
        headers: {
          authorization,
          accept: "application/json",
          ...(body !== undefined && { "content-type": type }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        ...(signal !== undefined && { signal }),
      });
      return { status: response.statusCode, text: await response.body.text() };
    },
    async *lines(path, signal) {
      const headers = { authorization, accept: "application/json" };
      const response = await watches.request({ origin: server, path, method: "GET", headers, signal });
      let rest = "";
      response.body.setEncoding("utf8");
      for await (const chunk of response.body as AsyncIterable<string>) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        yield* lines.filter((line) => line !== "");
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([plain.destroy(), watches.destroy()]);
    },
  };
}
