import { readFile } from "node:fs/promises";
import { isProviderError, ProviderError } from "@vkubelet/core";
import type { LogRequest, NomadClient } from "./client.ts";
import { errorOfAnswer, errorOfConnection } from "./errors.ts";
import { jsonLines, jsonObjects } from "./json-stream.ts";
import { Slots } from "./slots.ts";
import type { VariableItems } from "./translate/variables.ts";
import type { Allocation, Evaluation, EventBatch, JobDetail, JobStub, LogFrame, NodeStub } from "./wire.ts";

/** Where Nomad is and how to speak to it. */
export interface HttpClientOptions {
  readonly address: string;
  readonly namespace: string;
  readonly region?: string;
  readonly token?: string;
  /** Read again for every request, since tokens may be renewed. */
  readonly tokenFile?: string;
  /** Milliseconds for a request that is no stream. */
  readonly requestTimeoutMs: number;
  readonly fetch?: typeof fetch;
}

interface RequestOptions {
  readonly method?: "GET" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** Answers of these statuses are handed back instead of thrown. */
  readonly allow?: readonly number[];
  readonly stream?: boolean;
}

const pageSize = "500";

/** Nomad serves 100 connections of one address; streams need some of them. */
const maximumRequests = 32;

/** {@link NomadClient} over Nomad's HTTP API, with the `fetch` of the platform. */
export function createHttpClient(options: HttpClientOptions): NomadClient {
  const http = new NomadHttp(options);
  const byJob = (prefix: string) => `JobID matches "^${prefix}"`;
  return {
    readJob: (id, signal) =>
      http.read<JobDetail>(`read job ${id}`, `/v1/job/${encodeURIComponent(id)}`, signal),
    async registerJob(body, signal) {
      const request = { method: "PUT", body } as const;
      const answer = await http.json<{ Warnings?: string }>(
        `register job ${body.Job.ID}`,
        "/v1/jobs",
        request,
        signal,
      );
      return answer.Warnings ?? "";
    },
    async deregisterJob(id, { purge }, signal) {
      const query = purge ? { purge: "true" } : {};
      const path = `/v1/job/${encodeURIComponent(id)}`;
      await http.send(`deregister job ${id}`, path, { method: "DELETE", query, allow: [404] }, signal);
    },
    async readVariable(path, signal) {
      const found = await http.read<{ Items: VariableItems }>(
        `read variable ${path}`,
        `/v1/var/${path}`,
        signal,
      );
      return found?.Items;
    },
    async putVariable(path, items, signal) {
      const body = { Path: path, Items: items };
      await http.send(`write variable ${path}`, `/v1/var/${path}`, { method: "PUT", body }, signal);
    },
    async deleteVariable(path, signal) {
      await http.send(
        `delete variable ${path}`,
        `/v1/var/${path}`,
        { method: "DELETE", allow: [404] },
        signal,
      );
    },
    async listVariables(prefix, signal) {
      const found = await http.pages<{ Path: string }>("list variables", "/v1/vars", { prefix }, signal);
      return found.map((variable) => variable.Path);
    },
    listJobs: (prefix, signal) =>
      http.pages<JobStub>("list jobs", "/v1/jobs", { prefix, meta: "true" }, signal),
    listAllocations: (prefix, signal) =>
      http.pages<Allocation>("list allocations", "/v1/allocations", { filter: byJob(prefix) }, signal),
    listBlockedEvaluations: (prefix, signal) => {
      const filter = `Status == "blocked" and ${byJob(prefix)}`;
      return http.pages<Evaluation>("list evaluations", "/v1/evaluations", { filter }, signal);
    },
    readAllocation: (id, signal) =>
      http.read<Allocation>(`read allocation ${id}`, `/v1/allocation/${id}`, signal),
    async signalTask(allocation, task, name, signal) {
      const request = { method: "PUT", body: { Signal: name, Task: task } } as const;
      await http.send(`signal task ${task}`, `/v1/client/allocation/${allocation}/signal`, request, signal);
    },
    listNodes: (signal) =>
      http.pages<NodeStub>("list nodes", "/v1/nodes", { resources: "true", os: "true" }, signal),
    readLeader: (signal) => http.json<string>("read leader", "/v1/status/leader", {}, signal),
    events: (signal) => http.events(signal),
    logs: (request, signal) => http.logs(request, signal),
  };
}

class NomadHttp {
  readonly #options: HttpClientOptions;
  readonly #fetch: typeof fetch;
  readonly #slots = new Slots(maximumRequests);

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? fetch;
  }

  async read<Answer>(operation: string, path: string, signal: AbortSignal): Promise<Answer | undefined> {
    const response = await this.send(operation, path, { allow: [404] }, signal);
    return response.status === 404 ? undefined : await this.#parse<Answer>(operation, response, signal);
  }

  async json<Answer>(
    operation: string,
    path: string,
    request: RequestOptions,
    signal: AbortSignal,
  ): Promise<Answer> {
    return await this.#parse<Answer>(operation, await this.send(operation, path, request, signal), signal);
  }

  async pages<Item>(
    operation: string,
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<readonly Item[]> {
    const items: Item[] = [];
    let token = "";
    do {
      const page = token === "" ? {} : { next_token: token };
      const request = { query: { ...query, per_page: pageSize, ...page } };
      const response = await this.send(operation, path, request, signal);
      items.push(...((await this.#parse<readonly Item[] | null>(operation, response, signal)) ?? []));
      token = response.headers.get("X-Nomad-NextToken") ?? "";
    } while (token !== "");
    return items;
  }

  async *events(signal: AbortSignal): AsyncIterable<EventBatch> {
    const query = { topic: ["Job", "Allocation", "Evaluation"] };
    const response = await this.send("watch events", "/v1/event/stream", { query, stream: true }, signal);
    yield* this.#frames("watch events", jsonLines<EventBatch>(bodyOf(response)), signal);
  }

  async *logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogFrame> {
    const query = {
      task: request.task,
      type: request.stream,
      follow: String(request.follow),
      origin: request.origin,
      offset: String(request.offset),
    };
    const path = `/v1/client/fs/logs/${request.allocation}`;
    const operation = `read logs of task ${request.task}`;
    const response = await this.send(operation, path, { query, stream: true }, signal);
    yield* this.#frames(operation, jsonObjects<LogFrame>(bodyOf(response)), signal);
  }

  /** The answer, whose status is one of success or an allowed one. */
  async send(
    operation: string,
    path: string,
    request: RequestOptions,
    signal: AbortSignal,
  ): Promise<Response> {
    signal.throwIfAborted();
    const url = this.#url(path, request.query ?? {});
    let response: Response;
    try {
      response =
        request.stream === true
          ? await this.#open(url, request, signal)
          : await this.#slots.run(() => this.#exchange(url, request, signal), signal);
    } catch (error) {
      throw this.#connectionError(operation, error, signal);
    }
    if (response.ok || request.allow?.includes(response.status)) return response;
    const text = await response.text().catch((error: Error) => error.message);
    throw errorOfAnswer(operation, response.status, text);
  }

  async #open(url: string, request: RequestOptions, signal: AbortSignal): Promise<Response> {
    return await this.#fetch(url, {
      method: request.method ?? "GET",
      headers: await this.#headers(),
      signal,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  }

  /** Reads the whole answer, so that the connection is free again when the slot is. */
  async #exchange(url: string, request: RequestOptions, signal: AbortSignal): Promise<Response> {
    const limit = AbortSignal.timeout(this.#options.requestTimeoutMs);
    const response = await this.#open(url, request, AbortSignal.any([signal, limit]));
    const body = await response.arrayBuffer();
    return new Response(response.status === 204 ? null : body, {
      status: response.status,
      headers: response.headers,
    });
  }

  async *#frames<Frame>(
    operation: string,
    frames: AsyncIterable<Frame>,
    signal: AbortSignal,
  ): AsyncIterable<Frame> {
    try {
      yield* frames;
    } catch (error) {
      throw this.#connectionError(operation, error, signal);
    }
  }

  #url(path: string, query: Readonly<Record<string, string | readonly string[]>>): string {
    const url = new URL(path, this.#options.address);
    url.searchParams.set("namespace", this.#options.namespace);
    if (this.#options.region !== undefined) url.searchParams.set("region", this.#options.region);
    for (const [name, values] of Object.entries(query)) {
      for (const value of typeof values === "string" ? [values] : values)
        url.searchParams.append(name, value);
    }
    return url.href;
  }

  async #headers(): Promise<Record<string, string>> {
    const { token, tokenFile } = this.#options;
    if (tokenFile === undefined) return token === undefined ? {} : { "X-Nomad-Token": token };
    const read = readFile(tokenFile, "utf8").catch((error: Error) => {
      throw new ProviderError("Unauthorized", `read token file ${tokenFile} failed: ${error.message}`, {
        cause: error,
      });
    });
    return { "X-Nomad-Token": (await read).trim() };
  }

  async #parse<Answer>(operation: string, response: Response, signal: AbortSignal): Promise<Answer> {
    try {
      return (await response.json()) as Answer;
    } catch (error) {
      throw this.#connectionError(operation, error, signal);
    }
  }

  #connectionError(operation: string, error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    return isProviderError(error) ? error : errorOfConnection(operation, error);
  }
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (response.body === null) throw new TypeError("the answer has no body");
  return response.body;
}
