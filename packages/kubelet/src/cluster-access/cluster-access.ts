import type { RequestOptions } from "node:https";

/**
 * How to reach and be known to one API server. A `KubeConfig` of @kubernetes/client-node is one, for its current
 * context; {@link loadClusterAccess} answers one that weighs less.
 */
export interface ClusterAccess {
  /** The server of the current context; null without one. */
  getCurrentCluster(): { readonly server: string; readonly proxyUrl?: string } | null;
  /**
   * Sets what a request needs, as in the options of Node's `https.request`: `ca`, `cert`, `key`, `servername`,
   * `rejectUnauthorized`, `auth` and `headers`. Asked again and again, so that credentials may change.
   */
  // biome-ignore lint/suspicious/noExplicitAny: that of client-node asks for the options of one of its own libraries
  applyToHTTPSOptions(options: any): Promise<void>;
}

/** The options that a {@link ClusterAccess} sets, before it has. */
export interface AccessOptions extends Omit<RequestOptions, "headers"> {
  headers?: Record<string, unknown>;
}
