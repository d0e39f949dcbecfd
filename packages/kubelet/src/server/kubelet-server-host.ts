import type {
  Clock,
  ContainerRef,
  ExecResult,
  Logger,
  LogLine,
  LogOptions,
  NodeUsage,
  Pod,
  PodRef,
  PortConnection,
  ProviderHealth,
  SessionStreams,
} from "@vkubelet/core";

/** Where a container stands for a reader of its logs. */
export type ContainerLookup =
  /** No pod of that name is bound to this node. */
  | { readonly kind: "pod-missing" }
  /** The pod's spec has no such container. */
  | { readonly kind: "container-missing" }
  /** Not started yet; `reason` is that of its waiting state (`ContainerCreating`, `ImagePullBackOff`, …). */
  | { readonly kind: "waiting"; readonly reason?: string }
  /** The pod's status does not speak of it yet. */
  | { readonly kind: "unavailable" }
  /** The previous instance was asked for, and there is none. */
  | { readonly kind: "no-previous" }
  | { readonly kind: "ready"; readonly ref: ContainerRef };

/** A method of providers that a session needs. */
export type SessionMethod = "exec" | "attach" | "forwardPort";

/** What the server asks of the runtime behind it. Errors are `ProviderError`s; signals abort when the client has gone. */
export interface KubeletServerHost {
  /** A pod that is bound to this node, as the API server knows it. */
  pod(namespace: string, name: string): Pod | undefined;
  /** All of them. */
  pods(): Iterable<Pod>;
  /** Lines as `Provider.logs` yields them; a provider without logs throws `Unsupported`. */
  logs(ref: ContainerRef, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Says that the provider cannot do this, and why; undefined when it can. */
  lacks(method: SessionMethod): string | undefined;
  exec(
    ref: ContainerRef,
    command: readonly string[],
    streams: SessionStreams,
    signal: AbortSignal,
  ): Promise<ExecResult>;
  attach(ref: ContainerRef, streams: SessionStreams, signal: AbortSignal): Promise<void>;
  forwardPort(ref: PodRef, port: number, connection: PortConnection, signal: AbortSignal): Promise<void>;
  /** What the pods use; a provider that does not measure throws `Unsupported`. */
  usage(signal: AbortSignal): Promise<NodeUsage>;
  readonly nodeName: string;
  /** Whether the runtime itself works (its loops run); not whether the backend does. */
  healthy(): ProviderHealth;
}

/** What every request is served with. */
export interface ServingContext {
  readonly host: KubeletServerHost;
  readonly clock: Clock;
  readonly logger: Logger;
}
