import { setTimeout as delay } from "node:timers/promises";
import type { ApiConnection } from "../cluster/api-connection.ts";
import { type ProcessUsage, usageOf } from "./process-usage.ts";
import { parseRequestCounts, type RequestCounts, requestsBetween } from "./request-counts.ts";

/** Where the counters of a subject and of the API server stand. */
export interface Reading {
  readonly usage: ProcessUsage;
  readonly requests: RequestCounts;
}

/** What a part cost. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly usage: ProcessUsage;
  readonly requests: RequestCounts;
}

const quietMs = 1_500;
const longestSettleMs = 90_000;

/** Reads the counters of one process and of the API server that it talks to. */
export class Meter {
  readonly #connection: ApiConnection;
  readonly #pid: number;

  constructor(connection: ApiConnection, pid: number) {
    this.#connection = connection;
    this.#pid = pid;
  }

  async read(): Promise<Reading> {
    return { usage: usageOf(this.#pid), requests: await this.#requests() };
  }

  /** The cost since `before`, once the process has stopped writing: events often lag behind. */
  async since(before: Reading, signal: AbortSignal): Promise<Cost> {
    const after = await this.settled(signal);
    return {
      cpuSeconds: after.usage.cpuSeconds - before.usage.cpuSeconds,
      usage: after.usage,
      requests: requestsBetween(before.requests, after.requests),
    };
  }

  /** Waits until nobody writes pods and events any more, but not for ever. */
  async settled(signal: AbortSignal): Promise<Reading> {
    const deadline = performance.now() + longestSettleMs;
    let last = await this.read();
    while (performance.now() < deadline) {
      await delay(quietMs, undefined, { signal });
      const next = await this.read();
      const busy = [...requestsBetween(last.requests, next.requests).keys()];
      if (!busy.some((key) => /^(POST|PUT|PATCH|DELETE) (pods|events)/.test(key))) return next;
      last = next;
    }
    return last;
  }

  async #requests(): Promise<RequestCounts> {
    const answer = await this.#connection.request("GET", "/metrics");
    if (answer.status !== 200) throw new Error(`read /metrics of the API server: status ${answer.status}`);
    return parseRequestCounts(answer.text);
  }
}
