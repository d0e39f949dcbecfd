import { ProviderError } from "@vkubelet/core";
import { KubeApiError } from "../api/kube-api-error.ts";
import type { Simulation } from "./simulation.ts";

/** Stands in every message of a fault on purpose. */
export const faultMarker = "a fault on purpose";

/** What can befall one call of a kubelet. */
export interface Fault {
  readonly name: string;
  /** Before the call has taken effect, or after it has and before the caller hears of it. */
  readonly when: "before" | "after";
  /** The process ends, none of its calls returns any more, and another takes over after so long. */
  readonly restartMs?: number;
  /** How much longer than otherwise a kubelet may take to get over it. */
  readonly delaysMs?: number;
  /** Whether somebody must be told of it. */
  readonly isTold: boolean;
  /** Calls that it can befall. */
  readonly befalls: (call: string) => boolean;
  readonly strike: (call: string, world: Simulation) => Promise<void> | void;
}

/** Calls of the API server have a path, those of the provider do not. */
const isApiCall = (call: string) => call.includes("/");
/** The reply of a watch is its events, which go on after the call. */
const replies = (call: string) => !call.startsWith("watch");
const changes = (call: string) => /^(create|patch|delete|update|release)/.test(call);
/** Longer than any call of the API client may take. */
const hangMs = 61_000;

const failure = (status: number, reason: string, code: ProviderError["code"], retryAfterMs?: number) => {
  const more = retryAfterMs === undefined ? {} : { retryAfterMs };
  return (call: string) => {
    if (isApiCall(call)) throw new KubeApiError(faultMarker, { status, reason, ...more });
    throw new ProviderError(code, faultMarker, more);
  };
};

const noAnswer = failure(0, "NetworkError", "Unavailable");
const sent = { when: "before", isTold: true, befalls: () => true } as const;
const answered = { when: "after", isTold: true, befalls: replies } as const;
const untold = { isTold: false, strike: () => {} } as const;

/** What befalls the process, the connection or the watches. */
export const breaks: readonly Fault[] = [
  { ...sent, ...untold, name: "the process dies before it is sent", restartMs: 1_000 },
  { ...answered, ...untold, name: "the process dies before it hears the reply", restartMs: 1_000 },
  {
    ...answered,
    ...untold,
    name: "the same, and it is away for more than a minute",
    restartMs: 70_000,
    delaysMs: 70_000,
  },
  { ...sent, name: "it gets no connection", strike: noAnswer },
  { ...answered, name: "its reply is lost", strike: noAnswer },
  {
    ...answered,
    name: "its reply does not come in time",
    delaysMs: hangMs,
    strike: async (call, world) => {
      await world.clock.sleep(hangMs);
      noAnswer(call);
    },
  },
  { ...sent, name: "all watches break", isTold: false, strike: (_, world) => world.dropWatches() },
];

/** What a server answers in place of what was asked for. */
export const refusals: readonly Fault[] = [
  { ...sent, name: "401", strike: failure(401, "Unauthorized", "Unauthorized") },
  { ...sent, name: "403", strike: failure(403, "Forbidden", "Unauthorized") },
  { ...sent, name: "409", isTold: false, befalls: changes, strike: failure(409, "Conflict", "Conflict") },
  { ...sent, name: "429", strike: failure(429, "TooManyRequests", "Throttled", 5_000) },
  {
    ...sent,
    name: "500, or what is no error of a provider",
    strike: (call) => {
      if (!isApiCall(call)) throw new TypeError(faultMarker);
      throw new KubeApiError(faultMarker, { status: 500, reason: "InternalError" });
    },
  },
];

/**
 * Numbers the calls of one process: those that find the world as the same call found it before (a poll, a heartbeat) are
 * no points of their own. What a kubelet knows of the world are objects and observations, so that they are what counts.
 */
export class FaultPoints {
  readonly #world: Simulation;
  readonly #found = new Map<string, string>();
  /** The calls so far, in order. */
  readonly calls: string[] = [];

  constructor(world: Simulation) {
    this.#world = world;
  }

  /** Takes a call that is about to be sent; its number from 0, or undefined where it is no new point. */
  take(call: string): number | undefined {
    const { api, backend } = this.#world;
    const versions = ["pods", "nodes"].flatMap((kind) => api.all(kind)).map(({ metadata }) => metadata.resourceVersion);
    const state = [
      ...versions,
      api.all("events").length,
      ...backend.list().map(({ ref, version }) => `${ref.uid}/${version}`),
    ].join();
    if (this.#found.get(call) === state) return undefined;
    this.#found.set(call, state);
    return this.calls.push(call) - 1;
  }
}
