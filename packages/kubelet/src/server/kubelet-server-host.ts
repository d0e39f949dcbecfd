import type { ContainerRef, LogLine, LogOptions, Pod, ProviderHealth } from "@vkubelet/core";

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

/** What the server asks of the runtime behind it. */
export interface KubeletServerHost {
  /** Looks the container up by name; `previous` asks for the instance before the current one. */
  lookupContainer(
    namespace: string,
    pod: string,
    container: string,
    options: { readonly previous: boolean },
  ): ContainerLookup;
  /**
   * Lines as `Provider.logs` yields them. Errors are `ProviderError`s and answered by their HTTP status; a provider
   * without logs throws `Unsupported`. The signal aborts when the reader has gone.
   */
  logs(ref: ContainerRef, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  /** The pods bound to this node, as the API server knows them. */
  pods(): Iterable<Pod>;
  /** Whether the runtime itself works (its loops run); not whether the backend does. */
  healthy(): ProviderHealth;
}
