import type { Dispatcher } from "undici";
import { CallTraffic } from "./call-traffic.ts";
import type {
  CallOptions,
  CreateOptions,
  GetOptions,
  KubeApiClient,
  KubeApiClientOptions,
  KubeList,
  ListOptions,
  PatchOptions,
  PatchType,
  Query,
  WatchOptions,
} from "./kube-api-client.ts";
import {
  answerError,
  credentialsError,
  type FailedRequest,
  invalidAnswerError,
  isGone,
  isNotFound,
  KubeApiError,
  networkError,
  timeoutError,
} from "./kube-api-error.ts";
import { createKubeConnection, type KubeConnection, type PreparedConnection } from "./kube-connection.ts";
import type { KubeObject, WatchEvent } from "./kube-object.ts";
import { type ListPage, typedItem } from "./list-page.ts";
import { type PlainAnswer, plainCall } from "./plain-call.ts";
import { acceptedTypes, contentTypes, queryText } from "./request-parts.ts";
import { retryDelay } from "./retry-policy.ts";
import { TimeLimits } from "./time-limits.ts";
import { type OpenWatch, readWatch } from "./watch-events.ts";

interface Call extends FailedRequest {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly answer?: keyof typeof acceptedTypes | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The one {@link KubeApiClient}. */
export class JsonClient implements KubeApiClient {
  readonly server: string;
  readonly #connection: KubeConnection;
  readonly #options: KubeApiClientOptions;
  readonly #limits: TimeLimits;
  readonly #random: () => number;
  readonly #traffic: CallTraffic;
  #watches = 0;

  constructor(options: KubeApiClientOptions) {
    this.#options = options;
    this.#connection = createKubeConnection(options.kubeConfig, options.clock);
    this.server = this.#connection.server;
    this.#limits = new TimeLimits(options.clock, options.requestTimeoutMs ?? 60_000);
    this.#random = options.random ?? Math.random;
    this.#traffic = new CallTraffic(options.clock);
  }

  get<T>(path: string, options: GetOptions & { readonly absentOn404: true }): Promise<T | undefined>;
  get<T>(path: string, options?: GetOptions): Promise<T>;
  async get<T>(path: string, options: GetOptions = {}): Promise<T | undefined> {
    try {
      return await this.#call<T>({ method: "GET", path, query: options.query, signal: options.signal });
    } catch (error) {
      if (options.absentOn404 && isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(path: string, options: ListOptions = {}): Promise<KubeList<T>> {
    try {
      return await this.#listPages<T>(path, options, options.pageSize ?? 500);
    } catch (error) {
      // A continue token lives for minutes only. A list that takes longer is then asked for in one piece, as
      // client-go does: starting over page by page might never come to an end.
      if (!isGone(error)) throw error;
      return await this.#listPages<T>(path, options, undefined);
    }
  }

  async #listPages<T extends KubeObject>(
    path: string,
    options: ListOptions,
    pageSize: number | undefined,
  ): Promise<KubeList<T>> {
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const page = await this.#call<ListPage<T>>({
        method: "GET",
        path,
        query: { ...options.query, limit: pageSize, continue: token },
        signal: options.signal,
      });
      const resourceVersion = page?.metadata?.resourceVersion;
      if (typeof resourceVersion !== "string" || !Array.isArray(page.items ?? [])) {
        throw invalidAnswerError({ method: "GET", path }, "not a list with a resource version");
      }
      for (const item of page.items ?? []) items.push(typedItem(item, page));
      token = page.metadata?.continue;
      if (!token) return { items, resourceVersion };
    }
  }

  async create<T>(path: string, body: unknown, options: CreateOptions = {}): Promise<T> {
    if (options.priority === "low") await this.#traffic.calm(options.signal);
    return this.#call<T>({
      method: "POST",
      path,
      query: options.query,
      body,
      contentType: contentTypes.plain,
      answer: options.answer,
      signal: options.signal,
    });
  }

  patch<T>(path: string, body: unknown, type: PatchType, options: PatchOptions = {}): Promise<T> {
    return this.#call<T>({
      method: "PATCH",
      path,
      query: { ...options.query, fieldManager: options.fieldManager },
      body,
      contentType: contentTypes[type],
      answer: options.answer,
      signal: options.signal,
    });
  }

  async delete(path: string, body?: unknown, options: CallOptions = {}): Promise<void> {
    const { query, signal } = options;
    const call: Call = { method: "DELETE", path, query, answer: "none", signal };
    await this.#call(body === undefined ? call : { ...call, body, contentType: contentTypes.plain });
  }

  async *watch<T extends KubeObject>(
    path: string,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const request = { method: "WATCH", path };
    const maxWatches = this.#options.maxWatches ?? 2_000;
    if (this.#watches >= maxWatches) {
      throw new KubeApiError(`WATCH ${path}: ${maxWatches} watches are open, which is the limit`, {
        status: 0,
        reason: "TooManyWatches",
        neverSent: true,
      });
    }
    this.#watches++;
    try {
      const open = (signal: AbortSignal): Promise<OpenWatch> =>
        this.#openWatch(request, options.query, signal);
      yield* readWatch<T>({
        request,
        server: this.server,
        open,
        clock: this.#options.clock,
        requestTimeoutMs: this.#limits.milliseconds,
        inactivityTimeoutMs: options.inactivityTimeoutMs,
        maxLineBytes: this.#options.maxLineBytes ?? 8 * 1024 * 1024,
        signal: options.signal,
        onOpen: options.onOpen,
      });
    } finally {
      this.#watches--;
    }
  }

  async #openWatch(
    request: FailedRequest,
    query: Query | undefined,
    signal: AbortSignal,
  ): Promise<OpenWatch> {
    const connection = await this.#prepare(request);
    const response = await connection.watches.request({
      ...this.#target(connection, { method: "GET", path: request.path, query: { ...query, watch: true } }),
      signal,
    });
    if (response.statusCode !== 200) {
      if (response.statusCode === 401) this.#connection.doubt();
      throw this.#answerError(request, response.statusCode, response.headers, await response.body.text());
    }
    // An abort may come while nobody is reading; without a listener its error would end the process.
    response.body.on("error", () => {});
    return { chunks: response.body, close: () => response.body.destroy() };
  }

  async #call<T>(call: Call): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#traffic.count(() => this.#once<T>(call));
      } catch (error) {
        const delay = retryDelay(error, { method: call.method, tries }, this.#random);
        if (delay === undefined) throw error;
        this.#options.logger.debug("request to the API server failed and is repeated", {
          error: (error as KubeApiError).message,
          tries,
          delayMs: Math.round(delay),
        });
        await this.#options.clock.sleep(delay, call.signal);
      }
    }
  }

  async #once<T>(call: Call): Promise<T> {
    const { signal } = call;
    signal?.throwIfAborted();
    const connection = await this.#prepare(call);
    signal?.throwIfAborted();
    const { answer, abort } = plainCall(connection.plain, this.#target(connection, call));
    const onAbort = () => abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const endLimit = this.#limits.start(() => {
      const why = `no answer from ${this.server} within ${this.#limits.milliseconds} ms`;
      abort(timeoutError(call, why));
    });
    try {
      const { statusCode, headers, text } = await answer;
      if (statusCode === 401) this.#connection.doubt();
      if (statusCode < 200 || statusCode > 299) throw this.#answerError(call, statusCode, headers, text);
      return call.answer === "none" ? (undefined as T) : parseAnswer<T>(call, text);
    } catch (error) {
      if (error instanceof KubeApiError) throw error;
      throw signal?.aborted ? signal.reason : networkError(call, this.server, error);
    } finally {
      endLimit();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async #prepare(request: FailedRequest): Promise<PreparedConnection> {
    try {
      return await this.#connection.prepare();
    } catch (error) {
      throw credentialsError(request, this.server, error);
    }
  }

  #target(connection: PreparedConnection, call: Call): Dispatcher.RequestOptions {
    return {
      origin: connection.origin,
      path: `${connection.basePath}${call.path}${queryText(call.query)}`,
      method: call.method as Dispatcher.HttpMethod,
      headers: {
        accept: acceptedTypes[call.answer ?? "object"],
        "user-agent": this.#options.userAgent ?? "vkubelet",
        ...connection.headers,
        ...(call.contentType === undefined ? {} : { "content-type": call.contentType }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      // Else a DELETE with a body, which every API server reads, would cost a connection.
      reset: false,
      // Time is the clock's: see TimeLimits.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  #answerError(
    request: FailedRequest,
    statusCode: number,
    headers: PlainAnswer["headers"],
    text: string,
  ): KubeApiError {
    const retryAfter = headers["retry-after"];
    return answerError(
      request,
      statusCode,
      text,
      typeof retryAfter === "string" ? retryAfter : undefined,
      this.#options.clock.now(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#limits[Symbol.dispose]();
    await this.#connection.close();
  }
}

function parseAnswer<T>(request: FailedRequest, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw invalidAnswerError(request, "not JSON", error);
  }
}
