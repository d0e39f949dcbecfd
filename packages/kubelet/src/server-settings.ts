import {
  type Clock,
  type ContainerRef,
  formatPodRef,
  type Logger,
  type LogLine,
  type LogOptions,
  type PodContext,
  type Provider,
  ProviderError,
} from "@vkubelet/core";
import type { KubeApiClient } from "./api/kube-api-client.ts";
import type { PodController } from "./pods/pod-controller.ts";
import { createAuthenticator } from "./server/authenticator.ts";
import { createAuthorizer } from "./server/authorizer.ts";
import { lookupContainerInPod } from "./server/container-lookup.ts";
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

function serverHost({ provider, pods }: ServerConnections): KubeletServerHost {
  return {
    lookupContainer: (namespace, pod, container, options) =>
      lookupContainerInPod(pods.pods.get(namespace, pod), container, options),
    logs: (ref, options, signal) => providerLogs(provider, ref, options, pods.podContext(ref.uid, signal)),
    pods: () => pods.pods.values(),
    healthy: () => ({ healthy: true }),
  };
}

function providerLogs(
  provider: Provider,
  ref: ContainerRef,
  options: LogOptions,
  context: PodContext | undefined,
): AsyncIterable<LogLine> {
  if (provider.logs === undefined) {
    throw new ProviderError(
      "Unsupported",
      `provider "${provider.name}" has no logs: it lacks the method logs`,
    );
  }
  if (context === undefined) throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} is gone`);
  return provider.logs(ref, options, context);
}
