import { createSecureContext } from "node:tls";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "@vkubelet/core";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { AccessOptions, ClusterAccess } from "../cluster-access/cluster-access.ts";

/** What one request needs: where to, who we are, over which connections. */
export interface PreparedConnection {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path prefix of the server, without a trailing slash; usually empty. */
  readonly basePath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pool for plain calls. */
  readonly plain: Dispatcher;
  /** Pool for watches: one connection each, so that they never hold up plain calls. */
  readonly watches: Dispatcher;
}

/** Connections to the server of a kubeconfig's current context. */
export interface KubeConnection {
  /** As it stands in the kubeconfig. */
  readonly server: string;
  /**
   * Credentials are asked for anew whenever the last ones are a second old: token files are re-read, exec plugins run
   * when theirs has expired.
   */
  prepare(): Promise<PreparedConnection>;
  /** The server refused the credentials: the next request asks for new ones. */
  doubt(): void;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Concurrent plain calls; further ones wait in the pool. */
const plainConnections = 16;
const connectTimeoutMs = 10_000;
/** Shorter than the idle timeouts of API servers and of the load balancers before them. */
const keepAliveMs = 20_000;
/** Larger than any page of a list can sensibly be. */
const largestAnswerBytes = 256 * 1024 * 1024;

const tlsFields = ["ca", "cert", "key", "pfx", "passphrase", "rejectUnauthorized", "servername"] as const;
type TlsOptions = Pick<AccessOptions, (typeof tlsFields)[number]>;

interface Pools {
  readonly tls: TlsOptions;
  readonly plain: Dispatcher;
  readonly watches: Dispatcher;
}

/** So long credentials serve without a new look, which costs more than a small request. */
const credentialsMs = 1_000;

/** Throws when the kubeconfig has no current cluster, or one behind a SOCKS proxy. */
export function createKubeConnection(kubeConfig: ClusterAccess, clock: Clock): KubeConnection {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) {
    throw new Error("cannot reach a cluster: the kubeconfig has no current context with a cluster; set one");
  }
  if (cluster.proxyUrl?.startsWith("socks")) {
    throw new Error(
      `cannot reach ${cluster.server}: its proxy ${cluster.proxyUrl} is a SOCKS proxy, which is not supported; use an HTTP proxy`,
    );
  }
  const url = new URL(cluster.server);
  let pools: Pools | undefined;

  const poolsFor = (tls: TlsOptions): Pools => {
    if (pools === undefined || !isDeepStrictEqual(pools.tls, tls)) {
      const former = pools;
      pools = {
        tls,
        plain: createPool(cluster.proxyUrl, tls, plainConnections, largestAnswerBytes),
        watches: createPool(cluster.proxyUrl, tls, undefined, undefined),
      };
      // Changed credentials serve new requests; running ones end on the connections they have. `close` waits for
      // those, and its failure would only repeat theirs.
      former?.plain.close().catch(() => {});
      former?.watches.close().catch(() => {});
    }
    return pools;
  };

  const look = async (): Promise<PreparedConnection> => {
    const options: AccessOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    const { plain, watches } = poolsFor(tlsOf(options));
    return {
      origin: url.origin,
      basePath: url.pathname.replace(/\/+$/, ""),
      headers: headersOf(options),
      plain,
      watches,
    };
  };
  let last: { readonly at: number; readonly prepared: Promise<PreparedConnection> } | undefined;
  const forget = () => {
    last = undefined;
  };

  return {
    server: cluster.server,
    prepare: () => {
      const now = clock.monotonic();
      if (last !== undefined && now - last.at < credentialsMs) return last.prepared;
      const prepared = look();
      last = { at: now, prepared };
      prepared.catch(forget);
      return prepared;
    },
    doubt: forget,
    close: async () => {
      const current = pools;
      pools = undefined;
      forget();
      await Promise.all([current?.plain.destroy(), current?.watches.destroy()]);
    },
  };
}

function createPool(
  proxyUrl: string | undefined,
  tls: TlsOptions,
  connections: number | undefined,
  maxResponseSize: number | undefined,
): Dispatcher {
  const options = {
    connections: connections ?? null,
    keepAliveTimeout: keepAliveMs,
    // One request a connection: over HTTP/2 a single stalled reader would hold up all its neighbours.
    allowH2: false,
    ...(maxResponseSize === undefined ? {} : { maxResponseSize }),
  };
  const { rejectUnauthorized, servername, ...credentials } = tls;
  const secure: Record<string, unknown> = {
    // Parsed once: for each connection anew it would cost more than the handshake.
    secureContext: createSecureContext(credentials),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
  if (proxyUrl === undefined || proxyUrl === "") {
    return new Agent({
      ...options,
      connect: { ...secure, timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: 30_000 },
    });
  }
  return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: secure });
}

function tlsOf(options: AccessOptions): TlsOptions {
  return Object.fromEntries(
    tlsFields.filter((field) => options[field] !== undefined).map((field) => [field, options[field]]),
  );
}

function headersOf(options: AccessOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // Token files often end in a line end, which no header may hold.
    if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value).trim();
  }
  if (typeof options.auth === "string" && headers["authorization"] === undefined) {
    headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  }
  return headers;
}
