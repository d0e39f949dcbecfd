import {
  type Clock,
  formatPodRef,
  type Logger,
  type PodContext,
  type PodRef,
  type Provider,
  ProviderError,
} from "@vkubelet/core";
import type { KubeApiClient } from "./api/kube-api-client.ts";
import type { PodController } from "./pods/pod-controller.ts";
import { createAuthenticator } from "./server/authenticator.ts";
import { createAuthorizer } from "./server/authorizer.ts";
import { type KubeletServer, startKubeletServer } from "./server/kubelet-server.ts";
import type { KubeletServerHost } from "./server/kubelet-server-host.ts";
import {
  type CertificateSource,
  certificateFromFiles,
  selfSignedCertificate,
} from "./server/serving-certificate.ts";

/** How the kubelet's HTTPS server listens, and whom it trusts. */
export interface KubeletServerSettings {
  /** 10250 by default; 0 takes a free one. */
  readonly port?: number;
  /** Address to listen on; all of them by default. */
  readonly address?: string;
  /**
   * PEM of the CA that signed the client certificate with which the API server calls kubelets. Without it the API
   * server cannot prove itself by certificate, and `kubectl logs` is refused unless it comes with a bearer token.
   */
  readonly clientCa?: string;
  /** Certificate and key of the server, read again when they change. Default: self-signed for the node's addresses. */
  readonly certificateFiles?: { readonly certificateFile: string; readonly keyFile: string };
}

/** What the server of one node is connected to. */
export interface ServerConnections {
  readonly client: KubeApiClient;
  readonly provider: Provider;
  readonly nodeName: string;
  readonly internalIP: string;
  readonly pods: PodController;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Starts the server of a node. */
export function startServer(
  settings: KubeletServerSettings,
  connections: ServerConnections,
): Promise<KubeletServer> {
  const { client, clock, logger, nodeName } = connections;
  return startKubeletServer({
    host: serverHost(connections),
    certificate: certificateOf(settings, connections),
    authenticator: createAuthenticator({ client, clock, logger }),
    authorizer: createAuthorizer({ client, clock, nodeName }),
    clock,
    logger,
    ...(settings.clientCa === undefined ? {} : { clientCa: settings.clientCa }),
    ...(settings.address === undefined ? {} : { address: settings.address }),
    ...(settings.port === undefined ? {} : { port: settings.port }),
  });
}

function certificateOf(
  settings: KubeletServerSettings,
  { clock, logger, nodeName, internalIP }: ServerConnections,
): CertificateSource {
  return settings.certificateFiles === undefined
    ? selfSignedCertificate({ nodeName, addresses: () => [internalIP, nodeName], clock, logger })
    : certificateFromFiles({ ...settings.certificateFiles, clock, logger });
}

function serverHost(connections: ServerConnections): KubeletServerHost {
  const { provider, pods, nodeName, clock, logger } = connections;
  const contextOf = (ref: PodRef, signal: AbortSignal): PodContext => {
    const context = pods.podContext(ref.uid, signal);
    if (context === undefined) throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} is gone`);
    return context;
  };
  return {
    pod: (namespace, name) => pods.pods.get(namespace, name),
    pods: () => pods.pods.values(),
    logs: (ref, options, signal) => methodOf(provider, "logs")(ref, options, contextOf(ref, signal)),
    lacks: (method) => (provider[method] === undefined ? lackOf(provider, method) : undefined),
    exec: async (ref, command, streams, signal) =>
      methodOf(provider, "exec")(ref, command, streams, contextOf(ref, signal)),
    attach: async (ref, streams, signal) =>
      methodOf(provider, "attach")(ref, streams, contextOf(ref, signal)),
    forwardPort: async (ref, port, connection, signal) =>
      methodOf(provider, "forwardPort")(ref, port, connection, contextOf(ref, signal)),
    usage: async (signal) => methodOf(provider, "usage")({ signal, clock, logger }),
    nodeName,
    healthy: () => ({ healthy: true }),
  };
}

/** Methods that providers need not have, and that nothing but the server calls. */
type ServedMethod = "logs" | "exec" | "attach" | "forwardPort" | "usage";

/** `Unsupported` where the provider does not have it. */
function methodOf<Name extends ServedMethod>(provider: Provider, name: Name): NonNullable<Provider[Name]> {
  const method = provider[name];
  if (method === undefined) throw new ProviderError("Unsupported", lackOf(provider, name));
  return method.bind(provider) as NonNullable<Provider[Name]>;
}

function lackOf(provider: Provider, method: ServedMethod): string {
  return `provider "${provider.name}" cannot do this: it lacks the method ${method}`;
}
