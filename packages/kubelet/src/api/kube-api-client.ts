import type { Clock, Logger } from "@vkubelet/core";
import type { ClusterAccess } from "../cluster-access/cluster-access.ts";
import { JsonClient } from "./json-client.ts";
import type { KubeObject, WatchEvent } from "./kube-object.ts";

/** Query parameters; `undefined` leaves one out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What every call takes. */
export interface CallOptions {
  readonly query?: Query;
  /** Ends the call, retries included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of {@link KubeApiClient.get}. */
export interface GetOptions extends CallOptions {
  /** Answers undefined for an object that does not exist, instead of throwing. */
  readonly absentOn404?: boolean;
}

/** Options of {@link KubeApiClient.list}. */
export interface ListOptions extends CallOptions {
  /** Objects asked for at once; 500 by default. */
  readonly pageSize?: number;
}

/** Options of calls that answer with the object as it now is. */
export interface WriteOptions extends CallOptions {
  /** `metadata`: the answer has nothing but kind and metadata, which spares both sides the rest; `none`: undefined. */
  readonly answer?: "metadata" | "none";
}

/** Options of {@link KubeApiClient.create}. */
export interface CreateOptions extends WriteOptions {
  /** `low`: the call waits while many others are under way, but no longer than a moment. */
  readonly priority?: "low";
}

/** Options of {@link KubeApiClient.patch}. */
export interface PatchOptions extends WriteOptions {
  readonly fieldManager?: string;
}

/** Options of {@link KubeApiClient.watch}. */
export interface WatchOptions extends CallOptions {
  /** Fails the watch when nothing at all came for so long. Without it only the connection's own end ends it. */
  readonly inactivityTimeoutMs?: number;
  /** Called once the server has accepted the watch, before its first event. */
  readonly onOpen?: () => void;
}

/** A complete list. */
export interface KubeList<T> {
  readonly items: readonly T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/** How a patch body is meant. */
export type PatchType = "merge" | "strategic" | "json";

/**
 * A JSON client of one API server. Objects pass through as they are: no field is dropped, no date converted.
 * Plain calls that fail in a way that is safe to repeat are repeated a few times (see `retryDelay`); then they throw
 * a {@link KubeApiError}. Paths begin with `/api/…` or `/apis/…`, with names already encoded.
 */
export interface KubeApiClient {
  /** URL of the server, for messages. */
  readonly server: string;
  get<T>(path: string, options: GetOptions & { readonly absentOn404: true }): Promise<T | undefined>;
  get<T>(path: string, options?: GetOptions): Promise<T>;
  /** All objects, page by page; items get the `apiVersion` and `kind` that lists leave out. */
  list<T extends KubeObject>(path: string, options?: ListOptions): Promise<KubeList<T>>;
  create<T>(path: string, body: unknown, options?: CreateOptions): Promise<T>;
  patch<T>(path: string, body: unknown, type: PatchType, options?: PatchOptions): Promise<T>;
  /** `body` is a DeleteOptions (grace period, preconditions). Resolves once the server has accepted the deletion. */
  delete(path: string, body?: unknown, options?: CallOptions): Promise<void>;
  /**
   * One watch. Ends when the server ends it, throws a {@link KubeApiError} when it breaks, on an ERROR event, or on an
   * inactivity timeout, and the signal's reason on abort. Leaving the loop closes the connection. Never repeated here.
   */
  watch<T extends KubeObject>(
    path: string,
    options?: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined>;
  /** Ends all connections; running calls fail. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link createKubeApiClient}. */
export interface KubeApiClientOptions {
  /** The server, and TLS and credentials for it. */
  readonly kubeConfig: ClusterAccess;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly userAgent?: string;
  /** Milliseconds for one try of a plain call, and for a watch to be accepted; 60,000 by default. */
  readonly requestTimeoutMs?: number;
  /** Watches open at a time; one more fails at once. 2,000 by default. */
  readonly maxWatches?: number;
  /** Longest event of a watch in bytes; 8 MiB by default, several times what etcd can hold. */
  readonly maxLineBytes?: number;
  /** For the jitter of retries; `Math.random` by default. */
  readonly random?: () => number;
}

/** A client for the current context of `kubeConfig`. Throws when there is none; connects on the first call. */
export function createKubeApiClient(options: KubeApiClientOptions): KubeApiClient {
  return new JsonClient(options);
}
